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
        for (index, node) in graph.nodes.enumerated() where needed[index] {
            do throws(PithError) {
                values[node.outputs[0].index] = try apply(
                    node.op, defaulted: node.attributes, node.inputs.map { id in id.flatMap { values[$0.index] } },
                    outputShapes: node.outputs.map { shapes[$0.index] })
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
