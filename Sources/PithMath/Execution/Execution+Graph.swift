public import PithGraph

extension Execution {
    /// Runs a graph node by node: the branches of `If`, and what a converter folds.
    ///
    /// - Parameters:
    ///   - graph: The graph.
    ///   - inputs: One per input, in order.
    ///   - initializers: One per initializer, in order.
    ///   - compute: Kernels and threads.
    ///   - byteLimit: The most bytes that the outputs of one node may have together.
    /// - Returns: The outputs in order.
    /// - Throws: `shapeMismatch`, `typeMismatch`, and what `apply` throws, located at the node.
    public static func run(
        _ graph: Graph, inputs: [Tensor], initializers: [Tensor] = [], on compute: Compute, byteLimit: UInt64 = .max
    ) throws(PithError) -> [Tensor] {
        guard initializers.count == graph.initializers.count, inputs.count == graph.inputs.count else {
            throw PithError(.invalidArgument, "the graph takes other inputs or initializers")
        }
        var values = [Tensor?](repeating: nil, count: graph.values.count)
        for (id, tensor) in zip(graph.inputs + graph.initializers, inputs + initializers) {
            guard tensor.elementType == graph[id].type.elementType else {
                throw PithError(
                    .typeMismatch, "expected \(graph[id].type), given \(tensor)", at: .tensor(graph[id].name))
            }
            values[id.index] = tensor
        }
        for (index, node) in graph.nodes.enumerated() {
            do throws(PithError) {
                let outputs = try apply(
                    node.op, node.attributes, node.inputs.map { id in id.flatMap { values[$0.index] } }, on: compute,
                    outputCount: node.outputs.count, byteLimit: byteLimit)
                for (id, output) in zip(node.outputs, outputs) { values[id.index] = output }
            } catch {
                throw error.located(in: .node(graph.displayName(ofNode: index)))
            }
        }
        return try outputs(of: graph, in: values)
    }

    /// The outputs of a graph among its values, in order.
    ///
    /// - Throws: `invalidGraph` for one that is not there.
    package static func outputs(of graph: Graph, in values: [Tensor?]) throws(PithError) -> [Tensor] {
        var outputs: [Tensor] = []
        for id in graph.outputs {
            guard let output = values[id.index] else {
                throw PithError(.invalidGraph, "the output was not computed", at: .tensor(graph[id].name))
            }
            outputs.append(output)
        }
        return outputs
    }

    /// Applies an operator to inputs of any shapes: the shape rule sees the elements of those that decide a shape.
    ///
    /// - Parameters:
    ///   - op: The operator.
    ///   - attributes: With the table's defaults added.
    ///   - inputs: In the table's order; nil for one left out.
    ///   - compute: Kernels and threads.
    ///   - outputCount: How many outputs are asked for.
    ///   - byteLimit: The most bytes that the outputs may have together.
    /// - Throws: What the shape rule and `apply` with shapes throw; `limitExceeded`.
    public static func apply(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], on compute: Compute, outputCount: Int,
        byteLimit: UInt64 = .max
    ) throws(PithError) -> [Tensor] {
        let types = try op.outputTypes(
            inputs: inputs.map { $0.map { ValueType($0.elementType, $0.shape) } }, attributes: attributes,
            known: op.knownElements(of: inputs), outputCount: outputCount)
        var shapes: [Shape] = []
        var bytes = 0
        for type in types {
            let shape = try type.shape()
            // At most `Limits.elementCount` each, which are counted without overflow.
            bytes += shape.elementCount * type.elementType.byteCount
            shapes.append(shape)
        }
        try TensorStorage.checkRoom(for: bytes, limit: byteLimit)
        try checkRoom(forOutputs: shapes)
        return try apply(op, attributes, inputs, on: compute, outputShapes: shapes)
    }

    /// Refuses outputs for which the system has no memory, in the form in which the reference computes them.
    ///
    /// - Throws: `limitExceeded`.
    package static func checkRoom(forOutputs shapes: [Shape]) throws(PithError) {
        try TensorStorage.checkRoom(for: shapes.reduce(0) { $0 + $1.elementCount * Reference.elementBytes })
    }
}
