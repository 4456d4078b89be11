import CPithKernels

extension KernelCase {
    static let elementwise: [KernelCase] = [
        unsafe binary("pairs", name: "add", +) { unsafe pith_add_f32($0, $1, $2, $3, $4) },
        unsafe binary("pairs", name: "sub", -) { unsafe pairs(PITH_PAIR_SUB, $0, $1, $2, $3, $4) },
        unsafe binary("pairs", name: "mul", *) { unsafe pith_mul_f32($0, $1, $2, $3, $4) },
        unsafe binary("pairs", name: "div", /) { unsafe pairs(PITH_PAIR_DIV, $0, $1, $2, $3, $4) },
        unsafe binary("pairs", name: "min", { x, y in y < x || y.isNaN ? y : x }) {
            unsafe pairs(PITH_PAIR_MIN, $0, $1, $2, $3, $4)
        },
        unsafe binary("pairs", name: "max", { x, y in y > x || y.isNaN ? y : x }) {
            unsafe pairs(PITH_PAIR_MAX, $0, $1, $2, $3, $4)
        },
        unsafe binary("pairs", name: "prelu", { x, y in x < 0 ? y * x : x }) {
            unsafe pairs(PITH_PAIR_PRELU, $0, $1, $2, $3, $4)
        },
        KernelCase("pairs", name: "pairs of a number and many", firstDifference: firstDifferenceOfRepeated),
        unsafe binary("relu", { x, _ in relu(x) }) { isa, y, a, _, n in
            unsafe pith_relu_f32(isa, y, a, n)
        },
    ]

    private typealias Kernel =
        @Sendable (Int32, UnsafeMutablePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, Int) -> Void

    private static func pairs(
        _ function: pith_pair, _ isa: Int32, _ y: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>,
        _ b: UnsafePointer<Float>, _ n: Int
    ) {
        var loops = pith_loops()
        _ = unsafe pith_loops_add(&loops, n, 1, 1)
        unsafe pith_pairs_f32(isa, Int32(function.rawValue), y, a, b, &loops, 0, n)
    }

    /// One operand is a number for each row.
    private static func firstDifferenceOfRepeated(isa: Int32) -> String? {
        var values = Values(seed: 3)
        for kind in ValueKind.allCases {
            for n in [2, 5, 16, 17, 40, 70] {
                let (rows, many) = (values.floats(3, kind), values.floats(3 * n, kind))
                for isLeft in [true, false] {
                    let expected = many.indices.map { index in
                        let (one, other) = (rows[index / n], many[index])
                        return canonical(isLeft ? one - other : other - one)
                    }
                    var loops = pith_loops()
                    _ = unsafe pith_loops_add(&loops, 3, isLeft ? 1 : n, isLeft ? n : 1)
                    _ = unsafe pith_loops_add(&loops, n, isLeft ? 0 : 1, isLeft ? 1 : 0)
                    var y = [Float](repeating: untouched, count: many.count + 1)
                    unsafe pith_pairs_f32(
                        isa, Int32(PITH_PAIR_SUB.rawValue), &y, isLeft ? rows : many, isLeft ? many : rows, &loops, 0, 3
                    )
                    if let difference = difference(y, expected + [untouched]) { return "n = \(n): \(difference)" }
                }
            }
        }
        return nil
    }

    private static func binary(
        _ kernel: String, name: String? = nil, _ operation: @escaping @Sendable (Float, Float) -> Float,
        _ run: @escaping Kernel
    ) -> KernelCase {
        KernelCase(kernel, name: name) { isa in
            var values = Values(seed: 1)
            // Every special value meets every other one.
            let specials = Values.specials
            let left = specials.flatMap { x in specials.map { _ in x } }
            let right = specials.flatMap { _ in specials }
            var inputs = [(left, right)]
            for kind in ValueKind.allCases {
                for n in Array(0...70) + [1000] { inputs.append((values.floats(n, kind), values.floats(n, kind))) }
            }
            for (a, b) in inputs {
                let expected = zip(a, b).map { canonical(operation($0, $1)) }
                var y = [Float](repeating: untouched, count: a.count + 1)
                unsafe run(isa, &y, a, b, a.count)
                if let difference = difference(y, expected + [untouched]) { return "n = \(a.count): \(difference)" }

                // In place.
                var inPlace = a
                unsafe inPlace.withUnsafeMutableBufferPointer { p in
                    guard let base = p.baseAddress else { return }
                    unsafe run(isa, base, base, b, a.count)
                }
                if let difference = difference(inPlace, expected) { return "in place, n = \(a.count): \(difference)" }
            }
            return nil
        }
    }
}
