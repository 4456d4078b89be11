import CPithKernels

extension KernelCase {
    static let elementwise: [KernelCase] = [
        unsafe binary("add", +) { unsafe pith_add_f32($0, $1, $2, $3, $4) },
        unsafe binary("sub", -) { unsafe pith_sub_f32($0, $1, $2, $3, $4) },
        unsafe binary("mul", *) { unsafe pith_mul_f32($0, $1, $2, $3, $4) },
        unsafe binary("div", /) { unsafe pith_div_f32($0, $1, $2, $3, $4) },
        unsafe binary("relu", { x, _ in relu(x) }) { isa, y, a, _, n in
            unsafe pith_relu_f32(isa, y, a, n)
        },
    ]

    private typealias Kernel =
        @Sendable (Int32, UnsafeMutablePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, Int) -> Void

    private static func binary(
        _ name: String, _ operation: @escaping @Sendable (Float, Float) -> Float, _ kernel: @escaping Kernel
    ) -> KernelCase {
        KernelCase(name) { isa in
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
                unsafe kernel(isa, &y, a, b, a.count)
                if let difference = difference(y, expected + [untouched]) { return "n = \(a.count): \(difference)" }

                // In place.
                var inPlace = a
                unsafe inPlace.withUnsafeMutableBufferPointer { p in
                    guard let base = p.baseAddress else { return }
                    unsafe kernel(isa, base, base, b, a.count)
                }
                if let difference = difference(inPlace, expected) { return "in place, n = \(a.count): \(difference)" }
            }
            return nil
        }
    }
}
