/// A row of the operator table: what an operator is called, takes and gives.
public struct OperatorDefinition: Sendable {
    /// ONNX's name.
    public let name: String

    /// The operator set in which ONNX last changed the operator, at most `Operator.operatorSet`.
    public let sinceVersion: Int

    /// The inputs in order.
    public let inputs: [Operand]

    /// How many outputs there are.
    public let outputCount: Int

    /// The attributes in ascending order of code.
    public let attributes: [Attribute]

    /// Computes the types of the outputs, and checks inputs and attributes on the way.
    public let shapeRule: ShapeRule

    /// An input of an operator.
    public struct Operand: Sendable {
        /// ONNX's name, for example `X`.
        public let name: String
        /// Whether it may be left out.
        public let isOptional: Bool
        /// The element types it may have.
        public let types: ElementTypes
    }

    /// A set of element types.
    public enum ElementTypes: Sendable {
        /// Those that Pith computes with: `float32`.
        case numbers
        /// `int64`.
        case integers
        /// Every type.
        case all

        /// Whether a type is in the set.
        public func contains(_ type: ElementType) -> Bool {
            switch self {
            case .numbers: type == .float32
            case .integers: type == .int64
            case .all: true
            }
        }
    }

    /// An attribute of an operator.
    public struct Attribute: Sendable {
        /// Which.
        public let name: AttributeName
        /// The kind of its value.
        public let kind: AttributeValue.Kind
        /// What it means to leave it out.
        public let presence: Presence
    }

    /// What it means to leave an attribute out.
    public enum Presence: Sendable {
        /// An error.
        case required
        /// Something that the shape rule works out.
        case optional
        /// The same as this value.
        case defaulted(AttributeValue)
    }

    /// A shape rule: the types of the outputs.
    public typealias ShapeRule = @Sendable (ShapeContext) throws(PithError) -> [ValueType]
}

extension OperatorDefinition {
    init(
        _ name: String, since sinceVersion: Int, inputs: [Operand], outputCount: Int = 1, attributes: [Attribute] = [],
        shape shapeRule: @escaping ShapeRule
    ) {
        self.name = name
        self.sinceVersion = sinceVersion
        self.inputs = inputs
        self.outputCount = outputCount
        self.attributes = attributes
        self.shapeRule = shapeRule
    }
}

extension OperatorDefinition.Operand {
    static func needed(_ name: String, _ types: OperatorDefinition.ElementTypes = .numbers) -> Self {
        Self(name: name, isOptional: false, types: types)
    }

    static func optional(_ name: String, _ types: OperatorDefinition.ElementTypes = .numbers) -> Self {
        Self(name: name, isOptional: true, types: types)
    }
}

extension OperatorDefinition.Attribute {
    static func required(_ name: AttributeName, _ kind: AttributeValue.Kind) -> Self {
        Self(name: name, kind: kind, presence: .required)
    }

    static func optional(_ name: AttributeName, _ kind: AttributeValue.Kind) -> Self {
        Self(name: name, kind: kind, presence: .optional)
    }

    static func defaulted(_ name: AttributeName, _ value: AttributeValue) -> Self {
        Self(name: name, kind: value.kind, presence: .defaulted(value))
    }
}
