/// How a tensor's elements are represented by smaller components (`spec/FORMAT.md`, "Encodings").
///
/// Every encoding but `plain` and a sparse one of plain values stands for `float32` elements, whose bits follow from the
/// components by the specification's arithmetic.
public enum TensorEncoding: Sendable, Hashable {
    /// The elements themselves.
    case plain
    /// Small integers with a scale, and a zero point if there is one.
    case affine(AffineEncoding)
    /// Indices of a table of values.
    case palette(PaletteEncoding)
    /// The elements that are not zero, and where they stand.
    case sparse(SparseEncoding)
}

// The wide properties of encodings stand first, so that no gaps are between them: an index has one for each tensor.

/// Integers of 8 or 4 bits; an element is `(code - zeroPoint) * scale`.
public struct AffineEncoding: Sendable, Hashable {
    /// Which elements share a scale.
    public var grouping: EncodingGroups
    /// The type of the codes, and of the zero points.
    public var codeType: CodeType
    /// The type of the scales: `float32`, `float16` or `bfloat16`.
    public var scaleType: ElementType
    /// Whether there are zero points; otherwise they are 0.
    public var hasZeroPoints: Bool

    /// A type of codes. The raw value is the code in a file.
    public enum CodeType: UInt8, Sendable, Hashable, CaseIterable {
        /// Two's complement, 8 bits.
        case int8 = 10
        /// Unsigned, 8 bits.
        case uint8 = 14
        /// Two's complement, 4 bits, two in a byte, the first in the low half.
        case int4 = 16
        /// Unsigned, 4 bits, two in a byte, the first in the low half.
        case uint4 = 17
    }

    /// Describes an encoding.
    public init(
        _ codeType: CodeType, scaleType: ElementType = .float32, grouping: EncodingGroups = .tensor,
        hasZeroPoints: Bool = false
    ) {
        self.codeType = codeType
        self.scaleType = scaleType
        self.grouping = grouping
        self.hasZeroPoints = hasZeroPoints
    }
}

extension AffineEncoding.CodeType {
    /// Bits of one code.
    public var bitCount: Int { self == .int8 || self == .uint8 ? 8 : 4 }

    /// Whether the codes are two's complement.
    public var isSigned: Bool { self == .int8 || self == .int4 }

    /// Bytes of `count` codes.
    public func byteCount(_ count: Int) -> Int { bitCount == 8 ? count : count / 2 + count % 2 }
}

/// Indices, a byte each, of a table of values for each group.
public struct PaletteEncoding: Sendable, Hashable {
    /// Values of one table, 2...256.
    public var entryCount: Int
    /// Which elements share a table.
    public var grouping: EncodingGroups
    /// The type of the values: `float32`, `float16` or `bfloat16`.
    public var entryType: ElementType

    /// Describes an encoding.
    public init(_ entryType: ElementType, entryCount: Int, grouping: EncodingGroups = .tensor) {
        self.entryType = entryType
        self.entryCount = entryCount
        self.grouping = grouping
    }
}

/// The elements that are not zero in the order of a scan, the elements skipped before each, and zeros elsewhere.
public struct SparseEncoding: Sendable, Hashable {
    /// How many elements are stored.
    public var count: Int
    /// Bytes of the gaps' extra bits.
    public var extraByteCount: Int
    /// How the stored elements are represented, as a tensor of shape `[count]`.
    public var values: Values
    /// The order in which elements are visited.
    public var scan: Scan

    /// An order of elements. The raw value is the code in a file.
    public enum Scan: UInt8, Sendable, Hashable, CaseIterable {
        /// The last axis runs fastest.
        case rowMajor = 0
        /// The first axis runs fastest.
        case columnMajor = 1
    }

    /// The encoding of the stored elements.
    public enum Values: Sendable, Hashable {
        /// The elements themselves.
        case plain
        /// Integers with scales.
        case affine(AffineEncoding)
        /// Indices of a table.
        case palette(PaletteEncoding)
    }

    /// Describes an encoding.
    public init(count: Int, scan: Scan, values: Values, extraByteCount: Int) {
        self.count = count
        self.scan = scan
        self.values = values
        self.extraByteCount = extraByteCount
    }
}

extension SparseEncoding.Values {
    /// The same as the encoding of a whole tensor.
    public var encoding: TensorEncoding {
        switch self {
        case .plain: .plain
        case .affine(let affine): .affine(affine)
        case .palette(let palette): .palette(palette)
        }
    }
}

extension TensorEncoding {
    /// The name that tools print.
    public var name: String {
        switch self {
        case .plain: "plain"
        case .affine(let affine): "\(affine.codeType)"
        case .palette(let palette): "palette\(palette.entryCount)"
        case .sparse(let sparse): "sparse " + sparse.values.encoding.name
        }
    }
}
