import PithGraph
import PithMath

/// The numbers that elements of any type stand for.
enum ElementValue {
    /// The element at a position of little-endian bytes; integers over 2⁵³ are rounded.
    static func value(_ bytes: [UInt8], _ index: Int, _ type: ElementType) -> Double {
        let width = type.byteCount
        var bits: UInt64 = 0
        for byte in 0..<width { bits |= UInt64(bytes[index * width + byte]) << UInt64(8 * byte) }
        switch type {
        case .float64: return Double(bitPattern: bits)
        case .float32: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float16: return Double(HalfPrecision.decode(UInt16(truncatingIfNeeded: bits)))
        case .bfloat16: return Double(BrainFloat.decode(UInt16(truncatingIfNeeded: bits)))
        case .float8e4m3fn: return small(UInt8(truncatingIfNeeded: bits), mantissaBits: 3, bias: 7, hasInfinity: false)
        case .float8e5m2: return small(UInt8(truncatingIfNeeded: bits), mantissaBits: 2, bias: 15, hasInfinity: true)
        case .int64: return Double(Int64(bitPattern: bits))
        case .int32: return Double(Int32(truncatingIfNeeded: bits))
        case .int16: return Double(Int16(truncatingIfNeeded: bits))
        case .int8: return Double(Int8(truncatingIfNeeded: bits))
        case .uint64, .uint32, .uint16, .uint8, .bool: return Double(bits)
        }
    }

    /// A floating-point number of 8 bits (OCP 8-bit Floating Point Specification, revision 1.0).
    private static func small(_ bits: UInt8, mantissaBits: Int, bias: Int, hasInfinity: Bool) -> Double {
        let magnitude = Int(bits & 0x7F)
        let exponent = magnitude >> mantissaBits
        let mantissa = magnitude & (1 << mantissaBits - 1)
        let sign = bits & 0x80 == 0 ? 1.0 : -1.0
        if hasInfinity, exponent == 0x7F >> mantissaBits { return mantissa == 0 ? sign * .infinity : .nan }
        if !hasInfinity, magnitude == 0x7F { return .nan }
        let significand = Double(exponent == 0 ? mantissa : mantissa + 1 << mantissaBits)
        return sign * significand
            * Double(sign: .plus, exponent: max(exponent, 1) - bias - mantissaBits, significand: 1)
    }

    /// The elements as `float32`, exactly, for types that NumPy does not have; nil for those that it has.
    static func widened(_ bytes: [UInt8], _ type: ElementType) -> [UInt8]? {
        guard [.bfloat16, .float8e4m3fn, .float8e5m2].contains(type) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count / type.byteCount * 4)
        for index in 0..<(bytes.count / type.byteCount) {
            let bits = Float(value(bytes, index, type)).bitPattern
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                result.append(UInt8(truncatingIfNeeded: bits >> shift))
            }
        }
        return result
    }
}
