extension Graph {
    /// Works out the shape of every value for given shapes of the inputs.
    ///
    /// - Parameter inputShapes: One shape per input, in order.
    /// - Returns: One shape per value, in the order of `values`.
    /// - Throws: `shapeMismatch` naming the input, what it expects and what was given; `limitExceeded`.
    /// - Complexity: O(n) in the number of nodes.
    public func shapes(forInputs inputShapes: [Shape]) throws(PithError) -> [Shape] {
        guard inputShapes.count == inputs.count else {
            throw PithError(.shapeMismatch, "expected \(inputs.count) inputs, given \(inputShapes.count)")
        }
        var symbols: [String: Int] = [:]
        var types = values.map { $0.type }
        for (id, shape) in zip(inputs, inputShapes) {
            try bind(values[id.index], to: shape, &symbols)
            types[id.index] = ValueType(values[id.index].type.elementType, shape)
        }
        for (index, node) in nodes.enumerated() {
            do throws(PithError) {
                let outputs = try node.op.outputTypes(
                    inputs: node.inputs.map { id in id.map { types[$0.index] } }, attributes: node.attributes,
                    integers: node.inputs.map { id in id.flatMap { values[$0.index].integers } })
                for (id, type) in zip(node.outputs, outputs) { types[id.index] = type }
            } catch {
                throw error.located(in: .node(displayName(ofNode: index)))
            }
        }
        var shapes: [Shape] = []
        shapes.reserveCapacity(types.count)
        for type in types { shapes.append(try type.shape()) }
        return shapes
    }

    private func bind(_ value: Value, to shape: Shape, _ symbols: inout [String: Int]) throws(PithError) {
        let mismatch = PithError(
            .shapeMismatch, "expected \(value.type), given \(shape)", at: .tensor(value.name))
        guard shape.rank == value.type.rank else { throw mismatch }
        for (dimension, extent) in zip(value.type.dimensions, shape.dimensions) {
            switch dimension {
            case .fixed(let expected):
                guard expected == extent else { throw mismatch }
            case .symbol(let name):
                if let bound = symbols[name], bound != extent {
                    throw PithError(
                        .shapeMismatch, "'\(name)' is \(bound) in one input and \(extent) in another",
                        at: .tensor(value.name))
                }
                symbols[name] = extent
            case .unknown:
                continue
            }
        }
    }
}
