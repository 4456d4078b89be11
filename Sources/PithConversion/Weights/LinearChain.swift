import PithGraph

/// The graph of weights that are plainly a chain of linear layers: each a matrix [outputs, inputs] and perhaps a bias,
/// the outputs of one the inputs of the next.
enum LinearChain {
    /// The graph, with an activation between the layers.
    ///
    /// - Throws: `invalidArgument` saying why the tensors are no such chain.
    static func graph(_ tensors: [SourceTensor], activation: Operator, name: String) throws(PithError) -> Graph {
        var layers: [(weight: SourceTensor, bias: SourceTensor?)] = []
        for tensor in tensors {
            switch tensor.shape.rank {
            case 2: layers.append((tensor, nil))
            case 1:
                guard let last = layers.last, last.bias == nil, last.weight.shape[0] == tensor.shape[0] else {
                    throw other("'\(tensor.name)' \(tensor.shape) is not the bias of the matrix before it")
                }
                layers[layers.count - 1].bias = tensor
            default: throw other("'\(tensor.name)' has the shape \(tensor.shape)")
            }
        }
        for (layer, next) in zip(layers, layers.dropFirst()) where layer.weight.shape[0] != next.weight.shape[1] {
            throw other(
                "'\(layer.weight.name)' gives \(layer.weight.shape[0]) and '\(next.weight.name)' takes "
                    + "\(next.weight.shape[1])")
        }
        guard let first = layers.first else { throw other("there is no matrix") }
        var graph = Graph(name: name)
        var value = try graph.addInput("input", ValueType(.float32, [.symbol("batch"), .fixed(first.weight.shape[1])]))
        for (index, layer) in layers.enumerated() {
            var inputs: [Graph.ValueID?] = [value]
            inputs.append(try graph.addInitializer(layer.weight.name, .float32, layer.weight.shape))
            if let bias = layer.bias { inputs.append(try graph.addInitializer(bias.name, .float32, bias.shape)) }
            value = try graph.add(.gemm, inputs, [.transB: 1])
            if index < layers.count - 1 { value = try graph.add(activation, [value]) }
        }
        try graph.addOutput(value, name: "logits")
        return graph
    }

    private static func other(_ reason: String) -> PithError {
        PithError(
            .invalidArgument, "the tensors are no plain chain of linear layers: " + reason,
            advice: "give the graph, or take weights only")
    }
}
