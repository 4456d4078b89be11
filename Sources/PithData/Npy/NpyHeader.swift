public import PithGraph

/// What stands before the elements of a NumPy array (numpy/lib/format.py): their type, order and extents.
public struct NpyHeader: Sendable {
    /// The type of the elements; `uint8` for those that are carried.
    public let elementType: ElementType
    /// What the elements are, where Pith has no type for them and only carries their bytes.
    public let carriedType: String?
    /// The extents.
    public let shape: Shape
    /// Bytes of one element.
    public let elementByteCount: Int
    /// Bytes from the start of the array to its first element.
    public let byteCount: Int

    /// Whether the elements lie in the array as `rowMajor` gives them.
    public var isRowMajor: Bool { (!isBigEndian || wordByteCount == 1) && (!isFortran || shape.rank < 2) }

    private let isBigEndian: Bool
    /// Bytes of what the byte order is about: a part of a complex number, a character.
    private let wordByteCount: Int
    private let isFortran: Bool

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Bytes of a header's text.
    private static let textLimit = 1 << 16

    /// Bytes that the longest header takes.
    public static let longest = textLimit + 12

    static let types: [(name: String, type: ElementType)] = [
        ("f4", .float32), ("f8", .float64), ("f2", .float16), ("i8", .int64), ("i4", .int32), ("i2", .int16),
        ("i1", .int8), ("u8", .uint64), ("u4", .uint32), ("u2", .uint16), ("u1", .uint8), ("b1", .bool),
    ]

    /// Reads a header of version 1, 2 or 3 from the start of an array.
    ///
    /// - Parameter carries: Whether elements that Pith has no type for are taken too, to be carried as bytes.
    /// - Throws: `wrongKind`, `malformed`, `truncated`, `unsupportedVersion`, `limitExceeded`, and `unsupportedFeature`
    ///   for objects, structures and, where they are not carried, elements that Pith has no type for.
    public init(_ bytes: [UInt8], carries: Bool = false) throws(PithError) {
        guard bytes.starts(with: Self.magic), bytes.count >= 10 else {
            throw PithError(.wrongKind, "not a NumPy array", at: .byte(0))
        }
        guard (1...3).contains(bytes[6]) else {
            throw PithError(.unsupportedVersion, "version \(bytes[6]) of the npy format", at: .byte(6))
        }
        let lengthBytes = bytes[6] == 1 ? 2 : 4
        guard bytes.count >= 8 + lengthBytes else {
            throw PithError(.truncated, "the file ends in its header", at: .byte(UInt64(bytes.count)))
        }
        let length = bytes[8..<(8 + lengthBytes)].reversed().reduce(0) { $0 << 8 | Int($1) }
        let byteCount = 8 + lengthBytes + length
        guard length <= Self.textLimit else {
            throw PithError(.limitExceeded, "a header of \(length) bytes", at: .byte(8))
        }
        guard byteCount <= bytes.count else {
            throw PithError(.truncated, "the file ends in its header", at: .byte(UInt64(bytes.count)))
        }
        var literal = NpyLiteral(bytes[(8 + lengthBytes)..<byteCount])
        let fields = try literal.dictionary()
        guard fields.count == 3, case .text(let name)? = fields["descr"] else {
            if case .other? = fields["descr"] {
                throw PithError(
                    .unsupportedFeature, "an array of structures", at: .byte(8), advice: "save each field as an array")
            }
            throw NpyLiteral.damaged
        }
        guard case .flag(let isFortran)? = fields["fortran_order"], case .integers(let extents)? = fields["shape"]
        else { throw NpyLiteral.damaged }
        try self.init(
            description: name, isFortran: isFortran, shape: Shape(checking: extents), byteCount: byteCount,
            carries: carries)
    }

    /// A header of what is known from elsewhere, as from a pickle.
    ///
    /// - Parameters:
    ///   - description: NumPy's byte order and type, for example `<f4`.
    ///   - isFortran: Whether the first dimension is innermost.
    ///   - shape: The extents.
    ///   - byteCount: Bytes before the elements.
    ///   - carries: Whether elements that Pith has no type for are taken too, to be carried as bytes.
    /// - Throws: `unsupportedFeature` for objects, structures and, where they are not carried, elements that Pith has no
    ///   type for; `limitExceeded`.
    public init(
        description: String, isFortran: Bool, shape: Shape, byteCount: Int = 0, carries: Bool = false
    ) throws(PithError) {
        let name = String(description.dropFirst())
        let type = Self.types.first { $0.name == name }?.type
        let carried = type == nil && carries ? Carried(name) : nil
        guard let order = description.first, "<>|=".contains(order), type != nil || carried != nil else {
            throw PithError(
                .unsupportedFeature, "an array of type '\(description)'", at: .byte(8),
                advice: "save it as numbers or bools of 1 to 8 bytes; objects are never read")
        }
        elementType = type ?? .uint8
        carriedType = carried?.name
        elementByteCount = carried?.byteCount ?? elementType.byteCount
        wordByteCount = carried?.wordByteCount ?? elementType.byteCount
        _ = try Shape(checking: [shape.elementCount, elementByteCount])
        isBigEndian = order == ">"
        self.isFortran = isFortran
        self.shape = shape
        self.byteCount = byteCount
    }

    /// Elements that Pith has no type for.
    private struct Carried {
        let name: String
        let byteCount: Int
        let wordByteCount: Int

        private static let numbers: [String: (name: String, byteCount: Int, wordByteCount: Int)] = [
            "c8": ("complex64", 8, 4), "c16": ("complex128", 16, 8), "c32": ("complex256", 32, 16),
            "f16": ("float128", 16, 16),
        ]

        /// NumPy's name of a type without the byte order: numbers, texts (`U7`, `S7`), bytes (`V7`), and dates and spans
        /// with their unit (`M8[D]`); nil for what is an object or none of these.
        init?(_ name: String) {
            if let number = Self.numbers[name] {
                (self.name, byteCount, wordByteCount) = number
                return
            }
            self.name = name
            if name.hasPrefix("M8") || name.hasPrefix("m8") {
                (byteCount, wordByteCount) = (8, 8)
                return
            }
            guard let kind = name.first, let count = Int(name.dropFirst()), count > 0, count <= Limits.attributeBytes
            else { return nil }
            switch kind {
            case "U": (byteCount, wordByteCount) = (4 * count, 4)
            case "S", "V": (byteCount, wordByteCount) = (count, 1)
            default: return nil
            }
        }
    }

    /// Compares the bytes of the whole array with what the header declares.
    ///
    /// - Throws: `truncated`, `trailingBytes`.
    public func checkLength(of total: Int) throws(PithError) {
        let needed = shape.elementCount * elementByteCount
        guard total - byteCount == needed else {
            throw PithError(
                total - byteCount < needed ? .truncated : .trailingBytes,
                "\(needed) bytes are declared, the file has \(total - byteCount)", at: .byte(UInt64(byteCount)))
        }
    }

    /// The elements as Pith has them: little-endian, outermost dimension first.
    ///
    /// - Precondition: As many bytes as `checkLength(of:)` accepts.
    /// - Complexity: O(n).
    public func rowMajor(_ elements: [UInt8]) -> [UInt8] {
        let word = wordByteCount
        var result = elements
        if isBigEndian, word > 1 {
            for start in stride(from: 0, to: result.count, by: word) { result[start..<(start + word)].reverse() }
        }
        return isFortran && shape.rank > 1 ? transposed(result, elementByteCount) : result
    }

    /// Walks the elements outermost dimension first, keeping the place of each in the order innermost first.
    private func transposed(_ bytes: [UInt8], _ width: Int) -> [UInt8] {
        var strides: [Int] = []
        var stride = width
        for extent in shape.dimensions {
            strides.append(stride)
            stride *= extent
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = [Int](repeating: 0, count: shape.rank)
        var source = 0
        for _ in 0..<shape.elementCount {
            result += bytes[source..<(source + width)]
            for axis in (0..<shape.rank).reversed() {
                place[axis] += 1
                source += strides[axis]
                if place[axis] < shape[axis] { break }
                source -= strides[axis] * shape[axis]
                place[axis] = 0
            }
        }
        return result
    }
}
