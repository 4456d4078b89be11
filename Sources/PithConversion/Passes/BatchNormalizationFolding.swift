import Pith
import PithFormat
import PithGraph
import PithMath

/// Makes batch normalisation part of the convolution or product before it: y = (x · W + b − mean) · s + B with
/// s = scale / √(var + ε) is x · (W · s) + ((b − mean) · s + B). Rounding differs, so this is only done when asked for.
enum BatchNormalizationFolding {
    /// The graph and tensors afterwards, and how many nodes went.
    struct Result {
        var graph: Graph
        var tensors: [SourceTensor]
        var count = 0
    }

    /// A product and the normalisation of its only use.
    private struct Pair {
        let product: Int
        let normalization: Int
        let weight: Graph.ValueID
        let bias: Graph.ValueID?
        /// The dimension of the weight that the channels are.
        let axis: Int
    }

    static func apply(_ graph: Graph, _ tensors: [SourceTensor]) throws(PithError) -> Result {
        var sources: [String: SourceTensor] = [:]
        for tensor in tensors { sources[tensor.name] = tensor }
        let pairs = pairs(graph)
        var result = Result(graph: Graph(name: graph.name), tensors: [], count: pairs.count)
        var map = [Graph.ValueID?](repeating: nil, count: graph.values.count)
        for id in graph.inputs { map[id.index] = try result.graph.addInput(graph[id].name, graph[id].type) }
        for id in graph.initializers {
            let value = graph[id]
            map[id.index] = try result.graph.addInitializer(
                value.name, value.type.elementType, value.type.shape())
        }
        let byProduct = Dictionary(pairs.map { ($0.product, $0) }) { first, _ in first }
        let normalizations = Set(pairs.map { $0.normalization })
        for (index, node) in graph.nodes.enumerated() where !normalizations.contains(index) {
            var inputs = node.inputs.map { id in id.flatMap { map[$0.index] } }
            guard let pair = byProduct[index] else {
                let outputs = try result.graph.addNode(
                    node.op, inputs, node.attributes, outputCount: node.outputs.count)
                for (old, new) in zip(node.outputs, outputs) { map[old.index] = new }
                continue
            }
            let (weight, bias) = try folded(pair, graph, sources)
            sources[weight.name] = weight
            sources[bias.name] = bias
            if pair.bias == nil {
                while inputs.count < 3 { inputs.append(nil) }
                inputs[2] = try result.graph.addInitializer(bias.name, .float32, bias.shape)
            }
            let outputs = try result.graph.addNode(node.op, inputs, node.attributes)
            map[graph.nodes[pair.normalization].outputs[0].index] = outputs[0]
        }
        for id in graph.outputs {
            guard let new = map[id.index] else { throw PithError(.invalidGraph, "an output is not defined") }
            try result.graph.addOutput(new, name: graph[id].name)
        }
        result.graph = try result.graph.preparedForInference()
        result.tensors = result.graph.initializers.compactMap { sources[result.graph[$0].name] }
        return result
    }

    private static func pairs(_ graph: Graph) -> [Pair] {
        var uses = [Int](repeating: 0, count: graph.values.count)
        for node in graph.nodes { for case let id? in node.inputs { uses[id.index] += 1 } }
        for id in graph.outputs { uses[id.index] += 1 }
        let initializers = Set(graph.initializers)
        var makers: [Graph.ValueID: Int] = [:]
        for (index, node) in graph.nodes.enumerated() { for id in node.outputs { makers[id] = index } }
        var pairs: [Pair] = []
        for (index, node) in graph.nodes.enumerated() where node.op == .batchNormalization && node.outputs.count == 1 {
            guard let input = node.inputs[0], uses[input.index] == 1, let maker = makers[input],
                node.inputs.dropFirst().allSatisfy({ $0.map { initializers.contains($0) } ?? false })
            else { continue }
            let product = graph.nodes[maker]
            guard product.inputs.count > 1, let weight = product.inputs[1], initializers.contains(weight),
                uses[weight.index] == 1, graph[weight].type.elementType == .float32, let axis = axis(product)
            else { continue }
            let bias = product.inputs.count > 2 ? product.inputs[2] : nil
            if let bias {
                guard initializers.contains(bias), uses[bias.index] == 1,
                    graph[bias].type.dimensions == [graph[weight].type.dimensions[axis]]
                else { continue }
            }
            pairs.append(Pair(product: maker, normalization: index, weight: weight, bias: bias, axis: axis))
        }
        return pairs
    }

    /// The dimension of the weight along which the output's channels are, nil where it is not one alone.
    private static func axis(_ node: Graph.Node) -> Int? {
        switch node.op {
        case .conv: return 0
        case .convTranspose: return (try? node.attributes.int(.group)) == 1 ? 1 : nil
        case .gemm:
            guard (try? node.attributes.float(.alpha)) == 1, (try? node.attributes.float(.beta)) == 1 else {
                return nil
            }
            return (try? node.attributes.flag(.transB)) == true ? 0 : 1
        default: return nil
        }
    }

    private static func folded(
        _ pair: Pair, _ graph: Graph, _ sources: [String: SourceTensor]
    ) throws(PithError) -> (weight: SourceTensor, bias: SourceTensor) {
        func floats(_ id: Graph.ValueID) throws(PithError) -> [Float] {
            guard let source = sources[graph[id].name] else {
                throw PithError(.invalidGraph, "the weights are missing", at: .tensor(graph[id].name))
            }
            return try Tensor(source.stored()).converted(to: .float32).floats
        }
        let node = graph.nodes[pair.normalization]
        var parameters: [[Float]] = []
        for case let id? in node.inputs.dropFirst() { parameters.append(try floats(id)) }
        let epsilon = Double(try node.attributes.float(.epsilon))
        let scales = zip(parameters[0], parameters[3]).map { Double($0) / (Double($1) + epsilon).squareRoot() }
        let shape = try graph[pair.weight].type.shape()
        let inner = shape.dimensions[(pair.axis + 1)...].reduce(1, *)
        let weights = try floats(pair.weight).enumerated().map { index, value in
            Float(Double(value) * scales[index / inner % shape[pair.axis]])
        }
        let before = try pair.bias.map { id throws(PithError) in try floats(id) }
        let biases = scales.indices.map { channel in
            let value = Double(before?[channel] ?? 0) - Double(parameters[2][channel])
            return Float(value * scales[channel] + Double(parameters[1][channel]))
        }
        let name = graph[pair.weight].name
        return (
            source(name, weights, shape),
            source(pair.bias.map { graph[$0].name } ?? name + ".folded-bias", biases, Shape([biases.count]))
        )
    }

    private static func source(_ name: String, _ floats: [Float], _ shape: Shape) -> SourceTensor {
        let tensor = Tensor(floats, shape: shape)
        return SourceTensor(
            name: name, elementType: .float32, shape: shape, .whole { () throws(PithError) in tensor.bytes })
    }
}
