/// The value of a node's attribute.
public enum AttributeValue: Sendable {
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
    /// A small tensor; ONNX's `TENSOR`.
    case tensor(TensorValue)
    /// A graph that the node runs; ONNX's `GRAPH`.
    indirect case graph(Graph)
    /// Texts; ONNX's `STRINGS`.
    case strings([String])
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
        /// A small tensor.
        case tensor = 6
        /// A graph.
        case graph = 7
        /// Texts.
        case strings = 8
    }

    /// The kind of this value.
    public var kind: Kind {
        switch self {
        case .int: .int
        case .float: .float
        case .string: .string
        case .ints: .ints
        case .floats: .floats
        case .tensor: .tensor
        case .graph: .graph
        case .strings: .strings
        }
    }
}

extension AttributeValue: Hashable {
    /// Bit for bit: a NaN equals itself, and 0 is not -0.
    public static func == (left: AttributeValue, right: AttributeValue) -> Bool {
        switch (left, right) {
        case (.int(let left), .int(let right)): left == right
        case (.float(let left), .float(let right)): left.bitPattern == right.bitPattern
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.ints(let left), .ints(let right)): left == right
        case (.floats(let left), .floats(let right)):
            left.elementsEqual(right) { $0.bitPattern == $1.bitPattern }
        case (.tensor(let left), .tensor(let right)): left == right
        case (.graph(let left), .graph(let right)): left == right
        case (.strings(let left), .strings(let right)):
            left.elementsEqual(right) { $0.utf8.elementsEqual($1.utf8) }
        default: false
        }
    }

    /// Hashes the kind only.
    public func hash(into hasher: inout Hasher) { hasher.combine(kind) }
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
