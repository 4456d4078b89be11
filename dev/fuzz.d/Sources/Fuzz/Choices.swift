import PithGraph
import PithMath

/// Choices drawn from an input's bytes, each of which makes one; zeros once there are no more.
struct Choices {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether bytes are left.
    var isOver: Bool { position >= bytes.count }

    mutating func byte() -> UInt8 {
        defer { position += 1 }
        return isOver ? 0 : bytes[position]
    }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[Int(byte()) % elements.count] }

    /// Seldom true.
    mutating func isRare() -> Bool { byte() >= 224 }

    /// Mostly a small number, seldom one at which sums and products overflow.
    mutating func integer() -> Int64 {
        let byte = byte()
        return byte < 224 ? Int64(byte % 8) - 2 : Self.integers[Int(byte) % Self.integers.count]
    }

    /// An attribute: an axis, a flag, an extent.
    mutating func setting() -> Int64 { one(of: [true, true, true, false]) ? one(of: [1, 1, 2, 0, 3, -1]) : integer() }

    /// Mostly a small number, seldom one that is no number or at an end of what there is.
    mutating func float() -> Float {
        let byte = byte()
        return byte < 224 ? Float(Int(byte) - 80) / 16 : Self.floats[Int(byte) % Self.floats.count]
    }

    mutating func type(in set: ElementTypeSet) -> ElementType? {
        let types = ElementType.allCases.filter { set.contains($0) }
        guard !types.isEmpty else { return nil }
        // Most operators have most of their ways with float.
        let byte = byte()
        return byte < 128 && types.contains(.float32) ? .float32 : types[Int(byte) % types.count]
    }

    /// Few elements, seldom none.
    mutating func shape() -> [Int] {
        let rank = one(of: [2, 2, 2, 4, 4, 1, 3, 0, 5])
        let extents = (0..<rank).map { _ in one(of: [2, 2, 2, 2, 3, 3, 1, 1, 4, 17, 0]) }
        return extents.reduce(1, *) <= 1 << 10 ? extents : extents.map { min($0, 3) }
    }

    mutating func tensor(_ type: ElementType, _ extents: [Int]) throws(PithError) -> Tensor {
        let shape = try Shape(checking: extents)
        if type.isFloatingPoint {
            let floats = Tensor((0..<shape.elementCount).map { _ in float() }, shape: shape)
            return type == .float64
                ? Tensor(elements: floats.floats.map { Double($0) }, shape: shape) : try floats.converted(to: type)
        }
        var bytes: [UInt8] = []
        for _ in 0..<shape.elementCount {
            let value = integer()
            if type == .bool {
                bytes.append(UInt8(value & 1))
            } else {
                for byte in 0..<type.byteCount { bytes.append(UInt8(truncatingIfNeeded: value >> Int64(8 * byte))) }
            }
        }
        return try Tensor(bytes: bytes, elementType: type, shape: shape)
    }

    private static let integers: [Int64] = [
        .min, .min + 1, -1 << 40, -1 << 31, 100, 255, 1 << 20, 1 << 31, 1 << 32, 1 << 40, 1 << 62, .max - 1, .max,
    ]

    private static let floats: [Float] = [
        .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
        .leastNormalMagnitude, -0.0, 0, 1e-30, 1e30, 88, 0x1p24, 0x1p31, 0x1p63,
    ]
}
