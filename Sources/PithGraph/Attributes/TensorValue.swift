/// A small tensor that stands in an attribute: the value of a `Constant`.
public struct TensorValue: Sendable, Hashable {
    /// The type of the elements.
    public let elementType: ElementType

    /// The extents.
    public let shape: Shape

    /// The elements in row-major order, little-endian.
    public let bytes: [UInt8]

    /// Creates a value.
    ///
    /// - Throws: `shapeMismatch` when there are more or fewer bytes than type and shape need, `limitExceeded` for over
    ///   `Limits.attributeBytes`.
    public init(_ elementType: ElementType, _ shape: Shape, bytes: [UInt8]) throws(PithError) {
        guard shape.elementCount <= Limits.attributeBytes / elementType.byteCount else {
            throw PithError(
                .limitExceeded, "a value of \(shape) is over \(Limits.attributeBytes) bytes",
                advice: "make it an initializer")
        }
        guard bytes.count == shape.elementCount * elementType.byteCount else {
            throw PithError(.shapeMismatch, "\(bytes.count) bytes, which is not \(elementType.name) of \(shape)")
        }
        self.elementType = elementType
        self.shape = shape
        self.bytes = bytes
    }
}

extension TensorValue {
    /// The bits of each element, in the low bits of a word.
    ///
    /// - Complexity: O(n).
    public var words: [UInt64] {
        let width = elementType.byteCount
        return (0..<shape.elementCount).map { index in
            bytes[(index * width)..<((index + 1) * width)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// Creates a value from the low bits of words.
    ///
    /// - Throws: As `init(_:_:bytes:)`.
    public init(_ elementType: ElementType, _ shape: Shape, words: [UInt64]) throws(PithError) {
        var bytes: [UInt8] = []
        for word in words {
            for byte in 0..<elementType.byteCount { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * byte))) }
        }
        try self.init(elementType, shape, bytes: bytes)
    }

    /// The elements of whole numbers and truth values; nil for floats and what does not fit.
    var integers: [Int64]? {
        switch elementType {
        case .int64: words.map { Int64(bitPattern: $0) }
        case .int32: words.map { Int64(Int32(truncatingIfNeeded: $0)) }
        case .int16: words.map { Int64(Int16(truncatingIfNeeded: $0)) }
        case .int8: words.map { Int64(Int8(truncatingIfNeeded: $0)) }
        case .uint32, .uint16, .uint8, .bool: words.map { Int64($0) }
        default: nil
        }
    }

    /// The elements of `float` and `double`; nil for other types.
    var numbers: [Double]? {
        switch elementType {
        case .float32: words.map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
        case .float64: words.map { Double(bitPattern: $0) }
        default: nil
        }
    }
}
