import CPithKernels

/// A product with weights of 16 or 8 bits, against a loop over the same weights as floats.
struct NarrowCase {
    static func firstDifference(isa: Int32) -> String? {
        var values = Values(seed: 12)
        for type in [
            PITH_NARROW_BF16, PITH_NARROW_F16, PITH_NARROW_I8, PITH_NARROW_PALETTE, PITH_NARROW_WIDE_PALETTE,
        ] {
            for m in [0, 1, 2, 3, 4, 5, 9] {
                for n in [0, 1, 15, 16, 17, 32, 33, 48, 70, 100, 129, 300] {
                    let k = [0, 1, 2, 7, 33][values.int(0...4)]
                    let atEnd = values.int(0...1) == 1
                    let difference = firstDifference(isa, Int32(type.rawValue), m, n, k, &values, atEnd)
                    if let difference { return "type \(type.rawValue), \(m)x\(n)x\(k): \(difference)" }
                }
            }
        }
        return nil
    }

    /// The bits of a weight, in its type.
    private static func weight(
        _ type: Int32, _ palette: [Float], _ values: inout Values
    ) -> (bits: UInt16, value: Float) {
        let any = UInt16(truncatingIfNeeded: values.next())
        switch type {
        case Int32(PITH_NARROW_BF16.rawValue):
            let bits = any % 8 == 0 ? any : UInt16(values.float(.ordinary).bitPattern >> 16)
            return (bits, Float(bitPattern: UInt32(bits) << 16))
        case Int32(PITH_NARROW_F16.rawValue):
            // Any pattern now and then: subnormals, infinities, NaN.
            let bits = any % 8 == 0 ? any : any & 0xBFFF
            return (bits, half(bits))
        case Int32(PITH_NARROW_PALETTE.rawValue), Int32(PITH_NARROW_WIDE_PALETTE.rawValue):
            let number = Int(any) % palette.count
            return (UInt16(number), palette[number])
        default:
            // Before it is scaled.
            return (any & 0xFF, Float(Int8(truncatingIfNeeded: any)))
        }
    }

    /// binary16 by its definition.
    private static func half(_ bits: UInt16) -> Float {
        let exponent = Int(bits >> 10 & 0x1F), fraction = Float(bits & 0x3FF)
        let sign: FloatingPointSign = bits >> 15 == 0 ? .plus : .minus
        if exponent == 31 { return fraction == 0 ? Float(sign: sign, exponent: 0, significand: .infinity) : .nan }
        let significand = exponent == 0 ? fraction : fraction + 1024
        return Float(sign: sign, exponent: max(exponent, 1) - 25, significand: significand)
    }

    private static func firstDifference(
        _ isa: Int32, _ type: Int32, _ m: Int, _ n: Int, _ k: Int, _ values: inout Values, _ atEnd: Bool
    ) -> String? {
        let kind = ValueKind.allCases[values.int(0...ValueKind.allCases.count - 1)]
        let stride = k + values.int(0...3), ldc = n + values.int(0...3)
        let a = values.floats(m * stride, kind)
        let transposed = values.int(0...1) == 1
        let (kStride, nStride) = transposed ? (1, k) : (n, 1)
        let isWide = type == Int32(PITH_NARROW_WIDE_PALETTE.rawValue)
        let isPalette = isWide || type == Int32(PITH_NARROW_PALETTE.rawValue)
        let palette = values.floats(isWide ? [17, 64, 65, 256][values.int(0...3)] : Int(PITH_PALETTE_SIZE), kind)
        let weights = (0..<k * n).map { _ in weight(type, palette, &values) }
        let isAffine = type == Int32(PITH_NARROW_I8.rawValue)
        let groupRows = isAffine ? max(1, [1, 3, 16, k][values.int(0...3)]) : max(1, k)
        let width = (n + 15) / 16 * 16
        let scales = values.floats((k + groupRows - 1) / groupRows * width, kind == .huge ? .ordinary : kind)
        let bias = values.int(0...1) == 1 ? values.floats(n, kind) : nil
        let activation = Int32(values.int(0...1))

        var expected = [Float](repeating: untouched, count: max(0, (m - 1) * ldc + n))
        for i in 0..<m {
            for j in 0..<n {
                var sum: Float = 0
                for kk in 0..<k {
                    let weight = weights[kk * kStride + j * nStride].value
                    let scaled = isAffine ? weight * scales[kk / groupRows * width + j] : weight
                    sum = sum.addingProduct(a[i * stride + kk], scaled)
                }
                if let bias { sum += bias[j] }
                expected[i * ldc + j] = activation == 1 ? relu(sum) : canonical(sum)
            }
        }

        let bytes = pith_narrow_pack_size(type, k, n)
        let packed = GuardedFloats(untouched: bytes / 4, atEnd: atEnd)
        if isAffine || isPalette {
            let source = weights.map { UInt8(truncatingIfNeeded: $0.bits) }
            unsafe pith_narrow_pack(type, packed.pointer, source, k, n, kStride, nStride)
        } else {
            unsafe pith_narrow_pack(type, packed.pointer, weights.map(\.bits), k, n, kStride, nStride)
        }
        let left = GuardedFloats(a, atEnd: atEnd), c = GuardedFloats(untouched: expected.count, atEnd: atEnd)
        let guardedScales = GuardedFloats(scales, atEnd: atEnd)
        let guardedBias = bias.map { GuardedFloats($0, atEnd: atEnd) }
        var epilogue = unsafe pith_matmul_epilogue(
            column_bias: guardedBias?.pointer, row_bias: nil, activation: activation)
        if isPalette {
            var floats = [Float](repeating: 0, count: Int(isWide ? PITH_WIDE_PALETTE_SIZE : PITH_PALETTE_SIZE))
            for (number, value) in palette.enumerated() { floats[number] = value }
            let bytes = (0..<4).flatMap { byte in
                floats.map { UInt8(truncatingIfNeeded: $0.bitPattern >> (8 * byte)) }
            }
            unsafe bytes.withUnsafeBytes { planes in
                unsafe floats.withUnsafeBytes { floats in
                    var weight = unsafe pith_palette(
                        numbers: packed.pointer, values: (isWide ? planes : floats).baseAddress, floats: palette.count)
                    unsafe pith_palette_matmul(isa, m, n, k, left.pointer, stride, &weight, c.pointer, ldc, &epilogue)
                }
            }
            return difference(c.floats, expected)
        }
        if isAffine {
            var weight = unsafe pith_affine(
                codes: packed.pointer, scales: guardedScales.pointer, group_rows: groupRows, group_stride: width)
            unsafe pith_affine_matmul(isa, m, n, k, left.pointer, stride, &weight, c.pointer, ldc, &epilogue)
            return difference(c.floats, expected)
        }
        unsafe pith_narrow_matmul(
            isa, type, m, n, k, left.pointer, stride, packed.pointer, c.pointer, ldc, &epilogue)
        return difference(c.floats, expected)
    }
}
