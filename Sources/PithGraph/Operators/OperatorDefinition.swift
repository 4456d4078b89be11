/// A row of the operator table: what an operator is called, takes and gives.
///
/// There is one for each operator, which everyone shares.
public final class OperatorDefinition: Sendable {
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

    /// How many outputs a node may ask for.
    public let outputCounts: ClosedRange<Int>

    /// The attributes that have a default, with it.
    package let defaults: Attributes

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
        outputCounts = Self.counts(outputs)
        var defaults = Attributes()
        for attribute in attributes {
            if case .defaulted(let value) = attribute.presence { defaults[attribute.name] = value }
        }
        self.defaults = defaults
    }

    private static func counts(_ outputs: [Operand]) -> ClosedRange<Int> {
        var needed = 0
        for output in outputs where output.presence != .optional { needed += 1 }
        let isVariadic = outputs.last?.presence == .variadic
        return Swift.max(needed, 1)...(isVariadic ? Limits.operands : Swift.max(outputs.count, 1))
    }
}

extension OperatorDefinition {
    /// The position in `inputs` of what the input at a position of a node is; nil past the end.
    func operand(ofInput position: Int) -> Int? {
        if position < inputs.count { return position }
        return inputs.last?.presence == .variadic ? inputs.count - 1 : nil
    }

    /// Whether the shape of an output depends on the elements of the input at a position.
    public func decidesShape(_ input: Int) -> Bool {
        guard let operand = operand(ofInput: input) else { return false }
        return inputs[operand].decidesShape
    }

    /// The kind of the value of an attribute, nil when the operator has none of this name.
    func kind(of name: AttributeName) -> AttributeValue.Kind? {
        for position in attributes.indices where attributes[position].name == name { return attributes[position].kind }
        return nil
    }
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
