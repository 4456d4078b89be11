import CPithKernels

extension KernelCase {
    /// Sixteen sums, and what normalisations do with them.
    static let sums: [KernelCase] = [
        KernelCase("lane_sums") { isa in
            eachLayout { x, _, number, layout, positions in
                var (expected, layout) = ([Float](repeating: number, count: 16), layout)
                for (index, position) in positions {
                    expected[index % 16] = canonical(expected[index % 16] + x[position])
                }
                var sums = [Float](repeating: number, count: 16)
                unsafe pith_lane_sums_f32(isa, &sums, x, &layout)
                return difference(sums.map(canonical), expected)
            }
        },
        KernelCase("lane_products") { isa in
            eachLayout { a, b, number, layout, positions in
                var (expected, layout) = ([Float](repeating: 0, count: 16), layout)
                for (index, position) in positions {
                    expected[index % 16] = canonical(
                        expected[index % 16].addingProduct(a[position] - number, b[position] - 0.5))
                }
                var sums = [Float](repeating: 0, count: 16)
                unsafe pith_lane_products_f32(isa, &sums, a, number, b, 0.5, &layout)
                return difference(sums.map(canonical), expected)
            }
        },
        KernelCase("normalize") { isa in
            eachLayout { x, _, number, layout, positions in
                var (y, expected, layout) = (x, x, layout)
                for (_, position) in positions {
                    expected[position] = canonical((-0.0 as Float).addingProduct(x[position] - number, 1.5))
                }
                unsafe y.withUnsafeMutableBufferPointer { y in
                    guard let start = y.baseAddress else { return }
                    unsafe pith_normalize_f32(isa, start, start, number, 1.5, -0.0, &layout)
                }
                return difference(y, expected)
            }
        },
        KernelCase("multiply_add") { isa in
            eachRow { a, b, c, _ in
                let expected = a.indices.map { canonical(c[$0].addingProduct(a[$0], b[$0])) }
                var y = a
                unsafe y.withUnsafeMutableBufferPointer { y in
                    guard let start = y.baseAddress else { return }
                    unsafe pith_multiply_add_f32(isa, start, start, b, c, y.count)
                }
                return difference(y, expected)
            }
        },
        KernelCase("relu_gradient") { isa in
            eachRow { y, g, _, _ in
                let expected = y.indices.map { y[$0] > 0 ? canonical(g[$0]) : 0 }
                var dx = [Float](repeating: untouched, count: y.count)
                unsafe pith_relu_gradient_f32(isa, &dx, y, g, y.count)
                return difference(dx, expected)
            }
        },
        KernelCase("normalize_gradient") { isa in
            eachLayout { g, x, number, layout, positions in
                var (expected, layout) = ([Float](repeating: untouched, count: g.count), layout)
                for (_, position) in positions {
                    let slope = (g[position] - 0.25).addingProduct(-(x[position] - number), 1.5)
                    expected[position] = canonical(slope * 0.75)
                }
                var dx = [Float](repeating: untouched, count: g.count)
                var rule = pith_normalization(mean: number, factor: 0.75, shift: 0.25, tilt: 1.5)
                unsafe pith_normalize_gradient_f32(isa, &dx, g, x, &rule, &layout)
                return difference(dx, expected)
            }
        },
    ]

    /// Rows of odd lengths of every kind of value; the first difference.
    private static func eachRow(_ firstDifference: ([Float], [Float], [Float], Float) -> String?) -> String? {
        var values = Values(seed: 16)
        for kind in ValueKind.allCases {
            for count in Array(0...40) + [100, 1000] {
                let rows = (0..<3).map { _ in values.floats(count, kind) }
                let difference = firstDifference(rows[0], rows[1], rows[2], values.float(.ordinary))
                if let difference { return "\(kind), \(count): \(difference)" }
            }
        }
        return nil
    }

    /// Two operands and a number, and one row or three with gaps between them: for each element its place in its row and in
    /// the operand.
    private static func eachLayout(
        _ firstDifference: ([Float], [Float], Float, pith_rows, [(index: Int, position: Int)]) -> String?
    ) -> String? {
        eachRow { a, b, _, number in
            let length = max(a.count - 4, 0) / 3
            let layouts = [
                pith_rows(length: a.count, count: 1, pitch: a.count),
                pith_rows(length: length, count: 3, pitch: length + 2),
            ]
            for layout in layouts where layout.count * layout.length <= a.count {
                let positions = (0..<layout.count).flatMap { row in
                    (0..<layout.length).map { (index: $0, position: row * layout.pitch + $0) }
                }
                if let found = firstDifference(a, b, number, layout, positions) {
                    return "\(layout.count) rows: \(found)"
                }
            }
            return nil
        }
    }
}
