import CPithKernels

/// Quantisation and a product of bytes, against loops over scalars in 64 bits.
struct IntegerCase {
    private struct Quantised {
        var bytes: [UInt8]
        var scale: Float
        var zero: Int
    }

    static func firstDifference(isa: Int32) -> String? {
        var values = Values(seed: 21)
        for m in [1, 2, 3, 4, 5, 9] {
            for n in [1, 15, 16, 17, 33, 100, 300] {
                for kind in ValueKind.allCases {
                    let k = [1, 3, 4, 7, 16, 33, 100][values.int(0...6)]
                    let difference = firstDifference(isa, m, n, k, kind, &values)
                    if let difference { return "\(m)x\(n)x\(k), \(kind): \(difference)" }
                }
            }
        }
        return nil
    }

    /// `DynamicQuantizeLinear` by its definition.
    private static func quantised(_ x: [Float]) -> Quantised {
        let low = x.filter { $0 < 0 }.min() ?? 0, high = x.filter { $0 > 0 }.max() ?? 0
        let scale = low == high ? 1 : (high - low) / 255
        func rounded(_ value: Float) -> Int {
            value.isNaN ? 0 : Int(min(max(value.rounded(.toNearestOrEven), -1000), 1000))
        }
        let zero = min(max(rounded(-low / scale), 0), 255)
        return Quantised(
            bytes: x.map { UInt8(min(max(rounded($0 / scale) + zero, 0), 255)) }, scale: scale, zero: zero)
    }

    private static func firstDifference(
        _ isa: Int32, _ m: Int, _ n: Int, _ k: Int, _ kind: ValueKind, _ values: inout Values
    ) -> String? {
        let x = values.floats(m * k, kind), scales = values.floats(n, .ordinary), bias = values.floats(n, .ordinary)
        let weights = (0..<k * n).map { _ in Int8(truncatingIfNeeded: values.next()) }
        let zeros = (0..<n).map { _ in Int32(values.int(-128...127)) }
        let activation = Int32(values.int(0...1))

        let row = pith_byte_row(k)
        var q = [UInt8](repeating: 0, count: m * row), sums = [Int32](repeating: 0, count: m)
        var scale: Float = 0, zero: Int32 = 0
        let given = GuardedFloats(x, atEnd: values.int(0...1) == 1)
        unsafe pith_quantize_f32(isa, &q, &sums, &scale, &zero, given.pointer, m, k)
        let expected = quantised(x)
        guard scale.bitPattern == expected.scale.bitPattern, Int(zero) == expected.zero else {
            return "scale \(scale) and zero point \(zero), expected \(expected.scale) and \(expected.zero)"
        }
        for i in 0..<m {
            let bytes = Array(expected.bytes[i * k..<(i + 1) * k])
            guard Array(q[i * row..<i * row + k]) == bytes else { return "row \(i) of bytes differs" }
            let sum = bytes.reduce(0) { $0 + Int($1) - expected.zero }
            guard sum == Int(sums[i]) else { return "row \(i) has the sum \(sums[i]), expected \(sum)" }
        }

        var c = [Float](repeating: untouched, count: m * n)
        var reference = c
        for i in 0..<m {
            for j in 0..<n {
                var sum = 0
                for kk in 0..<k {
                    sum += (Int(q[i * row + kk]) - Int(zero)) * (Int(weights[kk * n + j]) - Int(zeros[j]))
                }
                let product = Float(Int32(truncatingIfNeeded: sum)) * (scale * scales[j]) + bias[j]
                reference[i * n + j] = activation == 1 ? relu(product) : canonical(product)
            }
        }
        let padding = (16 - n % 16) % 16
        var codes = [Int8](repeating: 0, count: pith_integers_pack_size(k, n))
        var columnSums = [Int32](repeating: 0, count: n + padding)
        unsafe pith_integers_pack(&codes, &columnSums, weights, k, n, n, 1)
        let padded = zeros + [Int32](repeating: 0, count: padding)
        let factors = scales + [Float](repeating: 0, count: padding)
        unsafe codes.withUnsafeBufferPointer { codes in
            unsafe columnSums.withUnsafeBufferPointer { columnSums in
                unsafe padded.withUnsafeBufferPointer { padded in
                    unsafe factors.withUnsafeBufferPointer { factors in
                        unsafe bias.withUnsafeBufferPointer { bias in
                            var weight = unsafe pith_integers(
                                codes: codes.baseAddress, sums: columnSums.baseAddress, zeros: padded.baseAddress,
                                scales: factors.baseAddress)
                            var epilogue = unsafe pith_matmul_epilogue(
                                column_bias: bias.baseAddress, row_bias: nil, activation: activation)
                            unsafe pith_integer_matmul(
                                isa, m, n, k, q, sums, scale, zero, &weight, &c, n, &epilogue)
                        }
                    }
                }
            }
        }
        return difference(c, reference)
    }
}
