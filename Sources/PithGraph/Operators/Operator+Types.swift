extension Operator {
    /// The types of the outputs for the types of the inputs, everything checked against the table.
    ///
    /// - Parameters:
    ///   - inputs: The types of the inputs, nil for one left out.
    ///   - attributes: With the defaults added (`defaultedAttributes`).
    ///   - integers: For each input, its integers where they are fixed.
    /// - Throws: `invalidGraph` for a wrong count of inputs, `typeMismatch`, and what the shape rule throws.
    public func outputTypes(
        inputs: [ValueType?], attributes: Attributes, integers: [[Int64]?]
    ) throws(PithError) -> [ValueType] {
        let definition = self.definition
        guard inputs.count <= definition.inputs.count else {
            throw PithError(
                .invalidGraph, "\(inputs.count) inputs, where at most \(definition.inputs.count) are allowed")
        }
        for (index, operand) in definition.inputs.enumerated() {
            guard index < inputs.count, let type = inputs[index] else {
                guard operand.isOptional else { throw PithError(.invalidGraph, "input '\(operand.name)' is missing") }
                continue
            }
            guard operand.types.contains(type.elementType) else {
                throw PithError(
                    .typeMismatch, "input '\(operand.name)' cannot be of type \(type.elementType.name)")
            }
        }
        return try definition.shapeRule(ShapeContext(inputs: inputs, attributes: attributes, integers: integers))
    }
}
