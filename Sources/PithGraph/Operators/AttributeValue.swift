/// The value of a node's attribute.
public enum AttributeValue: Sendable, Hashable {
    /// A 64-bit integer; ONNX's `INT`.
    case int(Int64)
    /// A number; ONNX's `FLOAT`.
    case float(Float)
    /// Text; ONNX's `STRING`.
    case string(String)
    /// 64-bit integers; ONNX's `INTS`.
    case ints([Int64])
    /// Numbers; ONNX's `FLOATS`.
    case floats([Float])
}

extension AttributeValue {
    /// The kinds of value. The raw value is the code in a file (`spec/FORMAT.md`, "Attributes").
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// A 64-bit integer.
        case int = 1
        /// A number.
        case float = 2
        /// Text.
        case string = 3
        /// 64-bit integers.
        case ints = 4
        /// Numbers.
        case floats = 5
    }

    /// The kind of this value.
    public var kind: Kind {
        switch self {
        case .int: .int
        case .float: .float
        case .string: .string
        case .ints: .ints
        case .floats: .floats
        }
    }
}

extension AttributeValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral
{
    /// An `int`.
    public init(integerLiteral value: Int64) { self = .int(value) }

    /// A `float`.
    public init(floatLiteral value: Float) { self = .float(value) }

    /// A `string`.
    public init(stringLiteral value: String) { self = .string(value) }

    /// An `ints`.
    public init(arrayLiteral elements: Int64...) { self = .ints(elements) }
}
