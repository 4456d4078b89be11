public import PithGraph
import PithMath

extension WeightedGraph {
    /// The graph with each batch normalization of a convolution's only use worked into its weights. This rounds
    /// differently: outputs change in their last bits.
    ///
    /// The filter m is multiplied by a = scale[m] / sqrt(var[m] + epsilon), its bias becomes
    /// (bias[m] - mean[m]) · a + B[m], in float32.
    ///
    /// - Returns: The graph, and the names of the weights that changed, for a report.
    /// - Throws: Nothing for a valid graph.
    public func foldingBatchNormalization() throws(PithError) -> (graph: WeightedGraph, changed: [String]) {
        var uses = [Int](repeating: 0, count: graph.values.count)
        for node in graph.nodes { for case let id? in node.inputs { uses[id.index] += 1 } }
        for id in graph.outputs { uses[id.index] += 1 }
        var result = Graph(name: graph.name)
        var weights = self.weights
        var map = [Graph.ValueID?](repeating: nil, count: graph.values.count)
        for id in graph.inputs { map[id.index] = try result.addInput(graph[id].name, graph[id].type) }
        for id in graph.initializers {
            map[id.index] = try result.addInitializer(
                graph[id].name, graph[id].type.elementType, graph[id].type.shape())
        }
        var producers = [Graph.Node?](repeating: nil, count: graph.values.count)
        var changed: [String] = []
        for node in graph.nodes {
            for id in node.outputs { producers[id.index] = node }
            if node.op == .batchNormalization, let source = node.inputs[0], uses[source.index] == 1,
                let conv = producers[source.index], conv.op == .conv, let weight = conv.inputs[1],
                let folded = try folded(node, conv)
            {
                let name = graph[weight].name + ".folded"
                let filter = try result.addInitializer(name, .float32, folded.filter.shape)
                let bias = try result.addInitializer(name + ".bias", .float32, folded.bias.shape)
                weights[name] = folded.filter
                weights[name + ".bias"] = folded.bias
                changed.append(graph[weight].name)
                map[node.outputs[0].index] = try result.add(
                    .conv, [conv.inputs[0].flatMap { map[$0.index] }, filter, bias], conv.attributes)
                continue
            }
            let outputs = try result.addNode(
                node.op, node.inputs.map { id in id.flatMap { map[$0.index] } }, node.attributes,
                outputCount: node.outputs.count)
            for (old, new) in zip(node.outputs, outputs) { map[old.index] = new }
        }
        for id in graph.outputs {
            guard let new = map[id.index] else { throw PithError(.invalidGraph, "an output is not defined") }
            try result.addOutput(new, name: graph[id].name)
        }
        return (try WeightedGraph(result, weights: weights).droppingUnused(), changed)
    }

    private func constant(_ id: Graph.ValueID?) -> [Float]? {
        guard let id, let tensor = weights[graph[id].name], tensor.elementType == .float32,
            graph.initializers.contains(id)
        else { return nil }
        return tensor.floats
    }

    private func folded(
        _ normalization: Graph.Node, _ conv: Graph.Node
    ) throws(PithError) -> (filter: Tensor, bias: Tensor)? {
        guard try !normalization.attributes.flag(.trainingMode), let weight = conv.inputs[1],
            var filter = constant(weight), let scale = constant(normalization.inputs[1]),
            let offset = constant(normalization.inputs[2]), let mean = constant(normalization.inputs[3]),
            let variance = constant(normalization.inputs[4])
        else { return nil }
        var bias = [Float](repeating: 0, count: scale.count)
        if conv.inputs.count > 2, let id = conv.inputs[2] {
            guard let given = constant(id) else { return nil }
            bias = given
        }
        let epsilon = try normalization.attributes.float(.epsilon)
        let size = filter.count / max(scale.count, 1)
        for channel in scale.indices {
            let factor = scale[channel] / (variance[channel] + epsilon).squareRoot()
            for index in (channel * size)..<((channel + 1) * size) { filter[index] *= factor }
            bias[channel] = (bias[channel] - mean[channel]) * factor + offset[channel]
        }
        return (
            Tensor(filter, shape: try graph[weight].type.shape()), Tensor(bias, shape: [bias.count])
        )
    }
}
