public import PithGraph
public import PithMath

/// First values of parameters.
public enum Initialization {
    /// Values for each initializer of a graph, in order, as PyTorch's layers begin: weights and biases of products
    /// uniform in ±1/√fan-in (Kaiming with a = √5), scales and variances of normalisations 1, everything else 0.
    ///
    /// Each tensor draws, in row-major order, from a stream with its own name, `init/` and the tensor's, so that adding
    /// a layer does not change another's numbers.
    ///
    /// - Throws: `typeMismatch` for an initializer that is not float32.
    public static func values(for graph: Graph, seed: UInt64) throws(PithError) -> [Tensor] {
        var values: [Tensor] = []
        for id in graph.initializers {
            let shape = try graph[id].type.shape()
            guard graph[id].type.elementType == .float32 else {
                throw PithError(.typeMismatch, "only float32 is trained", at: .tensor(graph[id].name))
            }
            switch try role(of: id, in: graph) {
            case .product(let fanIn):
                let bound = 1 / Float(fanIn).squareRoot()
                var stream = RandomStream(seed: seed, name: "init/" + graph[id].name)
                values.append(
                    Tensor((0..<shape.elementCount).map { _ in stream.uniform(in: -bound..<bound) }, shape: shape))
            case .one: values.append(Tensor([Float](repeating: 1, count: shape.elementCount), shape: shape))
            case .zero: values.append(Tensor(zeros: shape))
            }
        }
        return values
    }

    private enum Role {
        case product(fanIn: Int)
        case one
        case zero
    }

    private static func role(of id: Graph.ValueID, in graph: Graph) throws(PithError) -> Role {
        for node in graph.nodes {
            guard let position = node.inputs.firstIndex(of: id), position > 0 else { continue }
            switch node.op {
            case .gemm, .matMul, .conv:
                guard let weight = node.inputs[1] else { continue }
                let shape = try graph[weight].type.shape()
                let isTransposed = node.op == .gemm ? try node.attributes.flag(.transB) : false
                let fanIn =
                    node.op == .conv || isTransposed
                    ? shape.elementCount / max(shape[0], 1) : shape.dimensions.dropLast().last ?? shape.elementCount
                return .product(fanIn: max(fanIn, 1))
            case .batchNormalization:
                return position == 1 || position == 4 ? .one : .zero
            default: continue
            }
        }
        return .zero
    }
}
