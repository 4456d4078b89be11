import PithConversion
import PithFormat
import PithGraph
import PithMath
import Testing

/// Files that the real libraries wrote (`Fixtures/make.py`): element i of a float tensor is i / 4 - 1, of another i.
enum Fixtures {
    static let folder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Fixtures/"

    static func source(_ name: String) throws -> SourceFile { try SourceFile(path: folder + name) }

    static func bytes(_ name: String) throws -> [UInt8] { try source(name).all() }

    /// The bytes that a fixture's tensor has by the rule above.
    static func expected(_ type: ElementType, count: Int) -> [UInt8] {
        (0..<count).flatMap { index -> [UInt8] in
            let value = Double(index) / 4 - 1
            let bits: UInt64 =
                switch type {
                case .float64: value.bitPattern
                case .float32: UInt64(Float(value).bitPattern)
                case .float16: UInt64(half(value))
                case .bfloat16: UInt64(Float(value).bitPattern >> 16)
                case .float8e4m3fn: [0xB8, 0xB4, 0xB0, 0xA8, 0x00, 0x28][index]
                case .float8e5m2: [0xBC, 0xBA, 0xB8, 0xB4, 0x00, 0x34][index]
                case .bool: UInt64(index % 2)
                default: UInt64(index)
                }
            return (0..<type.byteCount).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
        }
    }

    /// Binary16 of a quarter in -1...0.25, its exponent and mantissa worked out by hand.
    private static func half(_ value: Double) -> UInt16 {
        let table: [Double: UInt16] = [-1: 0xBC00, -0.75: 0xBA00, -0.5: 0xB800, -0.25: 0xB400, 0: 0, 0.25: 0x3400]
        return table[value] ?? .max
    }

    /// Expects a tensor's shape, type, and elements by the rule.
    static func check(_ tensor: SourceTensor, _ type: ElementType, _ shape: Shape) throws {
        #expect(tensor.elementType == type, "\(tensor.name)")
        #expect(tensor.shape == shape, "\(tensor.name)")
        let stored = try tensor.stored()
        #expect(stored.bytes == expected(type, count: shape.elementCount), "\(tensor.name)")
    }
}
