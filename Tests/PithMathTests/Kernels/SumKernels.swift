import CPithKernels

extension KernelCase {
    /// Sixteen sums, and what normalisations do with them.
    static let sums: [KernelCase] = [
        KernelCase("lane_sums") { isa in
            eachRow { x, _, _, number in
                var expected = [Float](repeating: number, count: 16)
                for (index, value) in x.enumerated() { expected[index % 16] = canonical(expected[index % 16] + value) }
                var sums = [Float](repeating: number, count: 16)
                unsafe pith_lane_sums_f32(isa, &sums, x, x.count)
                return difference(sums.map(canonical), expected)
            }
        },
        KernelCase("lane_products") { isa in
            eachRow { a, b, _, number in
                var expected = [Float](repeating: 0, count: 16)
                for index in a.indices {
                    expected[index % 16] = canonical(
                        expected[index % 16].addingProduct(a[index] - number, b[index] - 0.5))
                }
                var sums = [Float](repeating: 0, count: 16)
                unsafe pith_lane_products_f32(isa, &sums, a, number, b, 0.5, a.count)
                return difference(sums.map(canonical), expected)
            }
        },
        KernelCase("normalize") { isa in
            eachRow { x, _, _, number in
                let expected = x.map { canonical((-0.0 as Float).addingProduct($0 - number, 1.5)) }
                var y = x
                unsafe y.withUnsafeMutableBufferPointer { y in
                    guard let start = y.baseAddress else { return }
                    unsafe pith_normalize_f32(isa, start, start, number, 1.5, -0.0, y.count)
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
            eachRow { g, x, _, number in
                let expected = g.indices.map { index in
                    canonical((g[index] - 0.25).addingProduct(-(x[index] - number), 1.5) * 0.75)
                }
                var dx = [Float](repeating: untouched, count: g.count)
                var rule = pith_normalization(mean: number, factor: 0.75, shift: 0.25, tilt: 1.5)
                unsafe pith_normalize_gradient_f32(isa, &dx, g, x, &rule, g.count)
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
}
