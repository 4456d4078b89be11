extension Graph {
    /// The same graph with values in canonical order: inputs, initializers, then outputs of nodes; values that are
    /// neither input, initializer nor output lose their names. A file holds a graph in this form.
    ///
    /// - Throws: Nothing for a graph built by this type's own methods.
    public func canonical() throws(PithError) -> Graph { try rebuilt { _ in .keep } }

    /// The graph without what only training needs: `Dropout` and `Identity` nodes, then nodes and initializers that
    /// no output depends on. The outputs keep their bits.
    public func preparedForInference() throws(PithError) -> Graph {
        let needed = neededValues()
        return try rebuilt(keeping: needed) { node in
            let isDropout = node.op == .dropout && node.outputs.count == 1 && node.inputs.count < 3
            guard isDropout || node.op == .identity, let source = node.inputs[0] else { return .keep }
            return outputs.contains(node.outputs[0]) ? .keep : .replace(with: source)
        }
    }

    /// The same graph over initializers of other shapes, one for each.
    ///
    /// - Throws: `shapeMismatch` where an operator does not take them.
    package func withInitializers(shaped shapes: [Shape]) throws(PithError) -> Graph {
        try rebuilt(shaped: shapes) { _ in .keep }
    }

    /// The attributes with every graph in them in canonical order.
    private func canonical(_ attributes: Attributes) throws(PithError) -> Attributes {
        var result = attributes
        for entry in attributes.entries {
            if case .graph(let graph) = entry.value { result[entry.name] = .graph(try graph.canonical()) }
        }
        return result
    }

    enum Rewrite {
        case keep
        case replace(with: ValueID)
    }

    private func neededValues() -> [Bool] {
        var needed = [Bool](repeating: false, count: values.count)
        for id in outputs { needed[id.index] = true }
        for node in nodes.reversed() where node.outputs.contains(where: { needed[$0.index] }) {
            for case let id? in node.inputs { needed[id.index] = true }
        }
        return needed
    }

    private func rebuilt(
        keeping needed: [Bool]? = nil, shaped shapes: [Shape]? = nil, _ rewrite: (Node) -> Rewrite
    ) throws(PithError) -> Graph {
        var result = Graph(name: name)
        var map = [ValueID?](repeating: nil, count: values.count)
        for id in inputs { map[id.index] = try result.addInput(self[id].name, self[id].type) }
        for (position, id) in initializers.enumerated() where needed?[id.index] ?? true {
            var shape = try self[id].type.shape()
            if let shapes { shape = shapes[position] }
            map[id.index] = try result.addInitializer(self[id].name, self[id].type.elementType, shape)
        }
        for node in nodes where needed == nil || node.outputs.contains(where: { needed?[$0.index] ?? true }) {
            switch rewrite(node) {
            case .replace(let source):
                map[node.outputs[0].index] = map[source.index]
            case .keep:
                let inputs = node.inputs.map { id in id.flatMap { map[$0.index] } }
                let ids = try result.addNode(
                    node.op, inputs, try canonical(node.attributes), outputCount: node.outputs.count)
                for (old, new) in zip(node.outputs, ids) { map[old.index] = new }
            }
        }
        for id in outputs {
            guard let new = map[id.index] else { throw PithError(.invalidGraph, "an output is not defined") }
            try result.addOutput(new, name: self[id].name)
        }
        return result
    }
}
