import PithGraph

/// How a graph uses a weight: as the matrix or kernel of one product.
struct WeightUse {
    /// The node's position in the graph.
    let node: Int
    /// What is multiplied with the weight.
    let input: Graph.ValueID
    /// The dimension of the weight along which output channels lie.
    let channelAxis: Int

    /// The uses by the weights' names; a weight that is not used by exactly one product has none.
    static func all(_ graph: Graph) -> [String: WeightUse] {
        var counts = [Int](repeating: 0, count: graph.values.count)
        for node in graph.nodes { for case let id? in node.inputs { counts[id.index] += 1 } }
        for id in graph.outputs { counts[id.index] += 1 }
        let initializers = Set(graph.initializers)
        var uses: [String: WeightUse] = [:]
        for (position, node) in graph.nodes.enumerated() {
            guard node.inputs.count > 1, let input = node.inputs[0], let weight = node.inputs[1],
                initializers.contains(weight), counts[weight.index] == 1,
                let axis = channelAxis(node, rank: graph[weight].type.rank)
            else { continue }
            uses[graph[weight].name] = WeightUse(node: position, input: input, channelAxis: axis)
        }
        return uses
    }

    private static func channelAxis(_ node: Graph.Node, rank: Int) -> Int? {
        switch node.op {
        case .conv: 0
        case .convTranspose: (try? node.attributes.int(.group)) == 1 ? 1 : nil
        case .gemm: (try? node.attributes.flag(.transB)) == true ? 0 : 1
        case .matMul: rank >= 2 ? rank - 1 : nil
        default: nil
        }
    }
}
