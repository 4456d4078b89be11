import CPithKernels
import PithMath

/// The vector functions against the scalar ones, for every special value and many bit patterns.
struct FunctionCase {
    private static let gelu = Float(bitPattern: 0x3F35_04F3)
    private static let geluOuter = Float(bitPattern: 0x3F4C_422A)
    private static let geluInner = Float(bitPattern: 0x3D37_2713)

    private static let functions: [(pith_unary, @Sendable (Float) -> Float)] = [
        (PITH_UNARY_RELU, { relu($0) }),
        (PITH_UNARY_LEAKY_RELU, { $0 < 0 ? 0.01 * $0 : $0 }),
        (PITH_UNARY_NEG, { -$0 }),
        (PITH_UNARY_ABS, { $0.magnitude }),
        (PITH_UNARY_SQRT, { $0.squareRoot() }),
        (PITH_UNARY_EXP, { Elementary.exp($0) }),
        (PITH_UNARY_LOG, { Elementary.log($0) }),
        (PITH_UNARY_ERF, { Elementary.erf($0) }),
        (PITH_UNARY_SIGMOID, { Elementary.sigmoid($0) }),
        (PITH_UNARY_TANH, { Elementary.tanh($0) }),
        (PITH_UNARY_GELU, { (0.5 * $0) * (1 + Elementary.erf($0 * gelu)) }),
        (
            PITH_UNARY_GELU_TANH,
            { x in
                let cubic = x.addingProduct(geluInner * x * x, x)
                return (0.5 * x) * (1 + Elementary.tanh(geluOuter * cubic))
            }
        ),
        (PITH_UNARY_RECIPROCAL, { 1 / $0 }),
        (PITH_UNARY_CLIP, { $0 < 0.01 ? 0.01 : $0 > 0.5 ? 0.5 : $0 }),
        (PITH_UNARY_HARD_SIGMOID, { hardSigmoid($0) }),
        (PITH_UNARY_HARD_SWISH, { $0 * hardSigmoid($0) }),
        (PITH_UNARY_ELU, { $0 < 0 ? 0.01 * (Elementary.exp($0) - 1) : $0 }),
    ]

    private static func hardSigmoid(_ x: Float) -> Float {
        let y = 0.01 * x + 0.5
        return y < 0 ? 0 : y > 1 ? 1 : y
    }

    static func firstDifference(isa: Int32) -> String? {
        var values = Values(seed: 13)
        var arguments = Values.specials
        // Bit patterns evenly over all floats, then at random, then where the functions change their form.
        arguments += stride(from: 0, to: UInt64(1) << 32, by: 65_521 * 3).map {
            Float(bitPattern: UInt32(truncatingIfNeeded: $0))
        }
        for _ in 0..<40_000 { arguments.append(Float(bitPattern: UInt32(truncatingIfNeeded: values.next()))) }
        for _ in 0..<40_000 { arguments.append(Float.random(in: -110...110, using: &values)) }
        for edge: Float in [89, -104, 0x1.2p-1, 0x1.ep-1, 4, 0x1p-126, 1, 88.72284, -87.33655, -103.97208] {
            for offset: Int32 in -50...50 {
                let bits = UInt32(bitPattern: Int32(bitPattern: edge.bitPattern) &+ offset)
                arguments += [Float(bitPattern: bits), -Float(bitPattern: bits)]
            }
        }
        for (function, scalar) in functions {
            let number = Int32(function.rawValue)
            let expected = arguments.map { canonical(scalar($0)) }
            var y = [Float](repeating: untouched, count: arguments.count + 1)
            unsafe pith_unary_f32(isa, number, &y, arguments, arguments.count, 0.01, 0.5)
            for index in arguments.indices where y[index].bitPattern != expected[index].bitPattern {
                return "function \(number) of \(arguments[index]) is \(y[index]), expected \(expected[index])"
            }
            for n in 0...35 {
                let some = GuardedFloats(Array(arguments[0..<n]), atEnd: n % 2 == 0)
                unsafe pith_unary_f32(isa, number, some.pointer, some.pointer, n, 0.01, 0.5)
                if let difference = difference(some.floats, Array(expected[0..<n])) {
                    return "function \(number) in place, n = \(n): \(difference)"
                }
            }
        }
        return nil
    }
}

/// Softmax along any axis against its definition.
struct SoftmaxCase {
    static func firstDifference(isa: Int32) -> String? {
        var values = Values(seed: 14)
        for outer in [1, 2, 15, 16, 17, 33] {
            for length in [1, 2, 7, 10, 16, 31, 32, 100, 256, 283, 331, 1000] {
                for inner in length > 100 ? [1] : [1, 1, 2, 16, 19] {
                    let kind: ValueKind = values.int(0...3) == 0 ? .special : .ordinary
                    // Near each other, and so far apart that exponentials and quotients are subnormal.
                    let spread: Float = values.int(0...2) == 0 ? 60 : 8
                    var x = values.floats(outer * length * inner, kind).map { $0 * spread }
                    if values.int(0...4) == 0 { x = x.map { $0 > 0 ? ($0 < 4 ? 0 : -0.0) : $0 } }
                    for logarithm in [false, true] {
                        let expected = softmax(x, length, inner, logarithm)
                        for inPlace in [false, true] {
                            let input = GuardedFloats(x, atEnd: length % 2 == 0)
                            // Rows begin at other places in the lines of the cache than the input's.
                            let atEnd = (length + outer) % 2 == 0
                            let output = inPlace ? input : GuardedFloats(untouched: x.count, atEnd: atEnd)
                            unsafe pith_softmax_f32(
                                isa, output.pointer, input.pointer, outer, length, inner, logarithm ? 1 : 0)
                            if let difference = difference(output.floats, expected) {
                                return "\(outer)x\(length)x\(inner), \(logarithm), \(inPlace): \(difference)"
                            }
                        }
                    }
                }
            }
        }
        return nil
    }

    private static func softmax(_ x: [Float], _ length: Int, _ inner: Int, _ logarithm: Bool) -> [Float] {
        var y = x
        for row in 0..<x.count / length {
            let first = row / inner * length * inner + row % inner
            let positions = (0..<length).map { first + $0 * inner }
            let elements = positions.map { x[$0] }
            let greatest = elements.reduce(-Float.infinity) { $1 > $0 ? $1 : $0 }
            guard greatest.isFinite, !elements.contains(where: \.isNaN) else {
                for position in positions { y[position] = canonicalNaN }
                continue
            }
            let exponentials = elements.map { Elementary.exp($0 - greatest) }
            var lanes = [Float](repeating: 0, count: 16)
            for (index, e) in exponentials.enumerated() { lanes[index % 16] += e }
            let sum = lanes.reduce(0, +)
            for (index, position) in positions.enumerated() {
                y[position] =
                    logarithm ? (elements[index] - greatest) - Elementary.log(sum) : exponentials[index] / sum
            }
        }
        return y
    }
}
