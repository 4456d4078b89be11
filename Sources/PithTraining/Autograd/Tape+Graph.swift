public import PithGraph
import PithMath

extension Tape {
    /// Runs those operators of a graph that a value depends on.
    ///
    /// - Parameters:
    ///   - graph: The graph.
    ///   - target: The value to compute.
    ///   - inputs: One per input of the graph, in order.
    ///   - initializers: One per initializer of the graph, in order.
    /// - Returns: The value.
    /// - Throws: `shapeMismatch` for inputs that do not fit, and what `Execution.apply` throws, located at the node.
    public func run(
        _ graph: Graph, to target: Graph.ValueID, inputs: [Variable], initializers: [Variable]
    ) throws(PithError) -> Variable {
        let shapes = try graph.shapes(forInputs: inputs.map { $0.value.shape })
        guard initializers.count == graph.initializers.count else {
            throw PithError(.invalidArgument, "\(graph.initializers.count) initializers, given \(initializers.count)")
        }
        var values = [Variable?](repeating: nil, count: graph.values.count)
        for (id, variable) in zip(graph.inputs, inputs) { values[id.index] = variable }
        for (id, variable) in zip(graph.initializers, initializers) { values[id.index] = variable }
        let needed = graph.nodes(leadingTo: target)
        let pooled = try graph.activationsBeforePairs(keeping: target)
        let fused = graph.activationsAfterProducts(keeping: target).filter { !pooled.keys.contains($0.value) }
        for (index, node) in graph.nodes.enumerated() where needed[index] {
            let operands = node.inputs.map { id in id.flatMap { values[$0.index] } }
            let outputShapes = node.outputs.map { shapes[$0.index] }
            do throws(PithError) {
                if node.op == .relu, pooled.keys.contains(node.outputs[0]) { continue }
                if node.op == .maxPool, let id = node.inputs[0], let source = pooled[id],
                    let input = values[source.index]
                {
                    values[node.outputs[0].index] = poolPairs(input, outputShapes[0], relu: true)
                } else if let activated = fused[index] {
                    values[activated.index] = try applyWithReLU(
                        node.op, defaulted: node.attributes, operands, outputShapes: outputShapes)
                } else if values[node.outputs[0].index] == nil {
                    let results = try apply(
                        node.op, defaulted: node.attributes, operands, outputShapes: outputShapes)
                    for (id, result) in zip(node.outputs, results) { values[id.index] = result }
                }
            } catch {
                throw error.located(in: .node(graph.displayName(ofNode: index)))
            }
        }
        guard let result = values[target.index] else {
            throw PithError(.invalidGraph, "'\(graph.displayName(target))' is not computed by the graph")
        }
        return result
    }
}

extension Graph {
    private func countedUses(keeping target: ValueID) -> [Int] {
        var uses = [Int](repeating: 0, count: values.count)
        for node in nodes {
            for case let id? in node.inputs { uses[id.index] += 1 }
        }
        for id in outputs + [target] { uses[id.index] += 1 }
        return uses
    }

    /// For each output of a ReLU whose only use is a max pooling of pairs of two spatial dimensions, the ReLU's input: one
    /// kernel computes both.
    func activationsBeforePairs(keeping target: ValueID) throws(PithError) -> [ValueID: ValueID] {
        let uses = countedUses(keeping: target)
        var result: [ValueID: ValueID] = [:]
        var sources: [ValueID: ValueID] = [:]
        for node in nodes {
            if node.op == .relu, let input = node.inputs[0] { sources[node.outputs[0]] = input }
            guard node.op == .maxPool, node.outputs.count == 1, let id = node.inputs[0], uses[id.index] == 1,
                let source = sources[id], self[id].type.dimensions.count == 4,
                try Fusion.isPoolingOfPairs(node.attributes)
            else { continue }
            result[id] = source
        }
        return result
    }

    /// For each product or convolution whose only use is a ReLU, that ReLU's output: one kernel computes both.
    func activationsAfterProducts(keeping target: ValueID) -> [Int: ValueID] {
        let uses = countedUses(keeping: target)
        var producers: [Int: Int] = [:]
        var result: [Int: ValueID] = [:]
        for (index, node) in nodes.enumerated() {
            switch node.op {
            case .gemm, .matMul, .conv: producers[node.outputs[0].index] = index
            case .relu:
                guard let input = node.inputs[0], uses[input.index] == 1, let producer = producers[input.index] else {
                    continue
                }
                result[producer] = node.outputs[0]
            default: continue
            }
        }
        return result
    }

    func nodes(leadingTo target: ValueID) -> [Bool] {
        var neededValues = [Bool](repeating: false, count: values.count)
        neededValues[target.index] = true
        var needed = [Bool](repeating: false, count: nodes.count)
        for index in nodes.indices.reversed() where nodes[index].outputs.contains(where: { neededValues[$0.index] }) {
            needed[index] = true
            for case let id? in nodes[index].inputs { neededValues[id.index] = true }
        }
        return needed
    }
}
