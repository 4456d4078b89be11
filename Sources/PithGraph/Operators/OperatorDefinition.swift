/// A row of the operator table: what an operator is called, takes and gives.
public struct OperatorDefinition: Sendable {
    /// ONNX's name.
    public let name: String

    /// The operator set in which ONNX last changed what the row says.
    public let sinceVersion: Int

    /// The inputs in order; only the last may be variadic.
    public let inputs: [Operand]

    /// The outputs in order; only the last may be variadic.
    public let outputs: [Operand]

    /// The attributes in ascending order of code.
    public let attributes: [Attribute]

    /// Computes the types of the outputs, and checks inputs and attributes on the way.
    public let shapeRule: ShapeRule

    /// An input or output of an operator.
    public struct Operand: Sendable {
        /// ONNX's name, for example `X`.
        public let name: String
        /// How often it is there.
        public let presence: OperandPresence
        /// The element types it may have.
        public let types: ElementTypeSet
        /// All operands of a node with the same variable have the same element type, for example `T`; empty for none.
        public let variable: String
        /// Whether the shape of an output depends on the elements of this input.
        public let decidesShape: Bool
    }

    /// How often an operand is there.
    public enum OperandPresence: Sendable {
        /// Once.
        case needed
        /// Once, or left out.
        case optional
        /// Any number of times; most shape rules need it once.
        case variadic
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
        _ name: String, since sinceVersion: Int, _ inputs: [Operand], _ outputs: [Operand],
        attributes: [Attribute] = [], shape shapeRule: @escaping ShapeRule
    ) {
        self.name = name
        self.sinceVersion = sinceVersion
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
        self.shapeRule = shapeRule
    }

    /// The operand at a position of a list whose last may be variadic; nil past the end.
    static func operand(_ index: Int, of operands: [Operand]) -> Operand? {
        if index < operands.count { return operands[index] }
        guard let last = operands.last, last.presence == .variadic else { return nil }
        return last
    }

    /// How many outputs a node may ask for.
    public var outputCounts: ClosedRange<Int> {
        var needed = 0
        for output in outputs where output.presence != .optional { needed += 1 }
        let isVariadic = outputs.last?.presence == .variadic
        return Swift.max(needed, 1)...(isVariadic ? Limits.operands : Swift.max(outputs.count, 1))
    }

    /// Whether the shape of an output depends on the elements of the input at a position.
    public func decidesShape(_ input: Int) -> Bool { Self.operand(input, of: inputs)?.decidesShape ?? false }
}

extension OperatorDefinition.Operand {
    static func needed(_ name: String, _ types: ElementTypeSet, _ variable: String = "T") -> Self {
        Self(name: name, presence: .needed, types: types, variable: variable, decidesShape: false)
    }

    static func optional(_ name: String, _ types: ElementTypeSet, _ variable: String = "T") -> Self {
        Self(name: name, presence: .optional, types: types, variable: variable, decidesShape: false)
    }

    static func variadic(_ name: String, _ types: ElementTypeSet, _ variable: String = "T") -> Self {
        Self(name: name, presence: .variadic, types: types, variable: variable, decidesShape: false)
    }

    /// An input whose elements an output's shape depends on.
    static func shape(
        _ name: String, _ types: ElementTypeSet = .int64, _ variable: String = "",
        _ presence: OperatorDefinition.OperandPresence = .needed
    ) -> Self {
        Self(name: name, presence: presence, types: types, variable: variable, decidesShape: true)
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
