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
        case .float8e4m3fn: return Double(Float8.e4m3fn.decode(UInt8(truncatingIfNeeded: bits)))
        case .float8e5m2: return Double(Float8.e5m2.decode(UInt8(truncatingIfNeeded: bits)))
        case .int64: return Double(Int64(bitPattern: bits))
        case .int32: return Double(Int32(truncatingIfNeeded: bits))
        case .int16: return Double(Int16(truncatingIfNeeded: bits))
        case .int8: return Double(Int8(truncatingIfNeeded: bits))
        case .uint64, .uint32, .uint16, .uint8, .bool: return Double(bits)
        }
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
