/// A set of element types, as the operator table allows them for an operand.
public struct ElementTypeSet: OptionSet, Sendable, Hashable {
    /// One bit per type, at the position of its code.
    public let rawValue: UInt16

    /// Creates a set from its bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Creates a set of some types.
    public init(_ types: ElementType...) {
        var bits: UInt16 = 0
        for type in types { bits |= 1 << UInt16(type.rawValue) }
        rawValue = bits
    }

    /// Whether a type is in the set.
    public func contains(_ type: ElementType) -> Bool { rawValue & 1 << UInt16(type.rawValue) != 0 }
}

extension ElementTypeSet {
    /// `float` alone.
    public static let float = ElementTypeSet(.float32)
    /// `bool` alone.
    public static let bool = ElementTypeSet(.bool)
    /// `int64` alone.
    public static let int64 = ElementTypeSet(.int64)
    /// `int32` alone.
    public static let int32 = ElementTypeSet(.int32)
    /// `uint8` alone.
    public static let uint8 = ElementTypeSet(.uint8)
    /// `int32` and `int64`.
    public static let indices = ElementTypeSet(.int32, .int64)
    /// `int8` and `uint8`.
    public static let bytes = ElementTypeSet(.int8, .uint8)
    /// `float`, `double`, `float16`, `bfloat16`.
    public static let floats = ElementTypeSet(.float32, .float64, .float16, .bfloat16)
    /// The two types of 8 bits that are floats.
    public static let float8s = ElementTypeSet(.float8e4m3fn, .float8e5m2)
    /// The floats and the signed integers.
    public static let signed: ElementTypeSet = [.floats, ElementTypeSet(.int8, .int16, .int32, .int64)]
    /// The floats and the integers of 32 and 64 bits.
    public static let wide: ElementTypeSet = [.floats, ElementTypeSet(.int32, .int64, .uint32, .uint64)]
    /// The floats and all integers.
    public static let numbers: ElementTypeSet = [.signed, ElementTypeSet(.uint8, .uint16, .uint32, .uint64)]
    /// Every type.
    public static let any: ElementTypeSet = [.numbers, .float8s, .bool]

    /// The sets that have a name in `spec/OPERATORS.md`.
    public static let named: [(name: String, set: ElementTypeSet)] = [
        ("any", .any), ("numbers", .numbers), ("signed", .signed), ("wide", .wide), ("floats", .floats),
        ("indices", .indices), ("bytes", .bytes), ("float8s", .float8s),
    ]
}

extension ElementTypeSet: CustomStringConvertible {
    /// A named set, or the types by name.
    public var description: String {
        for (name, set) in Self.named where set == self { return name }
        var text = ""
        for type in ElementType.allCases where contains(type) { text += text.isEmpty ? type.name : " " + type.name }
        return text
    }
}
