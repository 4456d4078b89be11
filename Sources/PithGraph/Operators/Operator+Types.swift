extension Operator {
    /// The types of the outputs for the types of the inputs, everything checked against the table.
    ///
    /// - Parameters:
    ///   - inputs: The types of the inputs, nil for one left out.
    ///   - attributes: With the defaults added (`defaultedAttributes`).
    ///   - known: For each input, its elements as far as they are known; missing entries are not known. With the
    ///     elements of every input that `OperatorDefinition.decidesShape`, the extents are numbers where the inputs' are.
    ///   - outputCount: How many outputs are asked for.
    /// - Throws: `invalidGraph` for a wrong count of inputs or outputs, `typeMismatch`, and what the shape rule throws.
    public func outputTypes(
        inputs: [ValueType?], attributes: Attributes, known: [KnownElements?] = [], outputCount: Int = 1
    ) throws(PithError) -> [ValueType] {
        try outputTypes(
            ShapeContext(inputs: inputs, attributes: attributes, known: known, outputCount: outputCount))
    }

    func outputTypes(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let definition = self.definition
        let outputCount = context.outputCount
        guard definition.outputCounts.contains(outputCount) else {
            throw PithError(.invalidGraph, "\(outputCount) outputs of \(definition.name)")
        }
        try definition.check(context.inputs)
        for index in context.inputs.indices where definition.decidesShape(index) {
            if let type = context.inputs[index], type.rank > 1 { throw .shapes("a list", type) }
        }
        try context.attributes.checkFlags()
        let types = try definition.shapeRule(context)
        guard types.count >= outputCount else {
            throw PithError(.invalidGraph, "\(definition.name) gives \(types.count) outputs, not \(outputCount)")
        }
        return types.count == outputCount ? types : Array(types[..<outputCount])
    }
}

extension Operator {
    /// The dimensions that a `Shape` tells.
    package func shapeRange(_ context: ShapeContext) throws(PithError) -> Range<Int> {
        try ShapeRules.shapeRange(context, context.input(0))
    }

    /// What a `Slice` takes along each axis, its inputs' elements known.
    package func sliceCuts(_ context: ShapeContext, rank: Int) throws(PithError) -> [SliceCut] {
        var cuts: [SliceCut] = []
        for cut in try SliceCut.cuts(context, rank: rank) {
            guard let cut else { throw PithError(.invalidGraph, "a slice is not known") }
            cuts.append(cut)
        }
        return cuts
    }

    /// How many elements a `Pad` puts before each axis, less than none to take them away, its inputs' elements known.
    package func padsBefore(_ context: ShapeContext, rank: Int) throws(PithError) -> [Int] {
        let given = context.optionalInput(3) == nil ? Array(0..<rank) : context.integers(3)
        guard let given, let pads = context.integers(1) else {
            throw PithError(.invalidGraph, "the pads are not known")
        }
        var before = [Int](repeating: 0, count: rank)
        for (position, axis) in try ShapeContext.axes(given, rank: rank).enumerated() { before[axis] = pads[position] }
        return before
    }

    /// The axes that a reduction reduces, its inputs' elements known.
    package func reducedAxes(_ context: ShapeContext, rank: Int) throws(PithError) -> [Int] {
        guard let axes = try ShapeRules.reducedAxes(context, rank: rank) else {
            throw PithError(.invalidGraph, "the axes are not known")
        }
        return axes
    }
}

extension OperatorDefinition {
    /// Checks the count of inputs, that the needed ones are there, and their element types.
    fileprivate func check(_ types: [ValueType?]) throws(PithError) {
        for index in 0..<Swift.max(types.count, inputs.count) {
            guard let operand = operand(ofInput: index) else {
                throw PithError(.invalidGraph, "\(types.count) inputs, where at most \(inputs.count) are allowed")
            }
            guard index < types.count, let type = types[index]?.elementType else {
                let presence = inputs[operand].presence
                guard presence != .needed, index >= types.count || presence == .optional else {
                    throw PithError(.invalidGraph, "input '\(inputs[operand].name)' is missing")
                }
                continue
            }
            guard inputs[operand].types.contains(type) else {
                throw PithError(.typeMismatch, "input '\(inputs[operand].name)' cannot be of type \(type.name)")
            }
            if let bound = firstType(ofVariable: inputs[operand].variable, types[..<index]), bound != type {
                throw PithError(
                    .typeMismatch,
                    "input '\(inputs[operand].name)' is of type \(type.name), another is \(bound.name)")
            }
        }
    }

    /// The type of the first input there is whose operand has a variable; nil for none.
    private func firstType(ofVariable variable: String, _ types: ArraySlice<ValueType?>) -> ElementType? {
        guard !variable.isEmpty else { return nil }
        // All inputs of a variadic operand are there, so that the first of them tells.
        for index in 0..<Swift.min(types.count, inputs.count) where inputs[index].variable == variable {
            if let type = types[index]?.elementType { return type }
        }
        return nil
    }
}
