extension Graph {
    /// Works out the shape of every value for given shapes of the inputs.
    ///
    /// - Parameter inputShapes: One shape per input, in order.
    /// - Returns: One shape per value, in the order of `values`.
    /// - Throws: `shapeMismatch` naming the input, what it expects and what was given; `limitExceeded`.
    /// - Complexity: O(n) in the number of nodes.
    public func shapes(forInputs inputShapes: [Shape]) throws(PithError) -> [Shape] {
        var shapes: [Shape] = []
        shapes.reserveCapacity(values.count)
        for type in try types(forInputs: inputShapes) { shapes.append(try type.shape()) }
        return shapes
    }

    /// Works out the type of every value for given shapes of the inputs. An extent that depends on elements which only
    /// running gives is not known; `Operator.outputTypes` tells it once they are there.
    ///
    /// - Parameter inputShapes: One shape per input, in order.
    /// - Returns: One type per value, in the order of `values`.
    /// - Throws: As `shapes(forInputs:)`.
    /// - Complexity: O(n) in the number of nodes.
    public func types(forInputs inputShapes: [Shape]) throws(PithError) -> [ValueType] {
        guard inputShapes.count == inputs.count else {
            throw PithError(.shapeMismatch, "expected \(inputs.count) inputs, given \(inputShapes.count)")
        }
        var given: [ValueType?] = []
        for (id, shape) in zip(inputs, inputShapes) { given.append(ValueType(self[id].type.elementType, shape)) }
        return try types(forInputs: given, known: [])
    }

    /// Works out the type of every value for the types of the inputs, nil for one that is as declared, and what is known
    /// of their elements.
    func types(forInputs given: [ValueType?], known: [KnownElements?]) throws(PithError) -> [ValueType] {
        try bound(toInputs: given, known: known).map { $0.type }
    }

    /// The values for the types of the inputs, nil for one that is as declared, and what is known of their elements.
    func bound(toInputs given: [ValueType?], known: [KnownElements?]) throws(PithError) -> [Value] {
        var symbols: [(name: String, extent: Dimension)] = []
        var values = self.values
        for (position, id) in inputs.enumerated() {
            if position < known.count, let known = known[position] { values[id.index].known = known }
            guard let type = given[position] else { continue }
            try bind(values[id.index], to: type, &symbols)
            values[id.index].type = type
        }
        for index in nodes.indices { try inferOutputs(ofNode: index, &values) }
        return values
    }

    private func inferOutputs(ofNode index: Int, _ values: inout [Value]) throws(PithError) {
        do throws(PithError) {
            let context = ShapeContext(
                nodes[index].inputs, of: values, nodes[index].attributes, outputCount: nodes[index].outputs.count)
            let types = try nodes[index].op.outputTypes(context)
            for (id, type) in zip(nodes[index].outputs, types) { values[id.index].type = type }
            let first = nodes[index].outputs[0].index
            values[first].known = nodes[index].op.knownElements(context, output: types[0])
        } catch {
            throw error.located(in: .node(displayName(ofNode: index)))
        }
    }

    private func bind(
        _ value: Value, to type: ValueType, _ symbols: inout [(name: String, extent: Dimension)]
    ) throws(PithError) {
        func mismatch() -> PithError {
            let given = (try? type.shape()).map { "\($0)" } ?? "\(type)"
            return PithError(.shapeMismatch, "expected \(value.type), given \(given)", at: .tensor(value.name))
        }
        guard type.elementType == value.type.elementType, type.rank == value.type.rank else { throw mismatch() }
        for (dimension, extent) in zip(value.type.dimensions, type.dimensions) {
            switch dimension {
            case .fixed:
                guard dimension.mayEqual(extent) else { throw mismatch() }
            case .symbol(let name):
                guard let index = symbols.firstIndex(where: { $0.name == name }) else {
                    symbols.append((name, extent))
                    continue
                }
                guard symbols[index].extent.mayEqual(extent) else {
                    throw PithError(
                        .shapeMismatch, "'\(name)' is \(symbols[index].extent) in one input and \(extent) in another",
                        at: .tensor(value.name))
                }
                symbols[index].extent = extent
            case .unknown:
                continue
            }
        }
    }
}
