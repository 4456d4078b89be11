public import PithGraph
public import PithMath

/// First values of parameters, by the rules of `torch.nn.init`.
public enum Initialization: String, Sendable, Hashable, CaseIterable {
    /// As PyTorch's layers begin: weights and biases of products uniform in ±1/√fan-in, which is Kaiming with a = √5.
    case layers
    /// `kaiming_uniform_` for ReLU: weights uniform in ±√(6/fan-in), biases 0.
    ///
    /// Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers" (2015).
    case kaiming
    /// `xavier_uniform_`: weights uniform in ±√(6/(fan-in + fan-out)), biases 0.
    ///
    /// Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
    case xavier

    /// Values for each initializer of a graph, in order: beside products, as PyTorch's layers begin. Scales and
    /// variances of normalisations and other factors are 1, slopes of `PRelu` 0.25, what `Gather` looks up is drawn from
    /// the standard normal distribution, and anything else is 0.
    ///
    /// Each tensor draws, in row-major order, from a stream with its own name, `init/` and the tensor's, so that adding
    /// a layer does not change another's numbers.
    ///
    /// - Throws: `typeMismatch` for an initializer that is not float32.
    public func values(for graph: Graph, seed: UInt64) throws(PithError) -> [Tensor] {
        var values: [Tensor] = []
        for id in graph.initializers {
            let shape = try graph[id].type.shape()
            guard graph[id].type.elementType == .float32 else {
                throw PithError(.typeMismatch, "only float32 is trained", at: .tensor(graph[id].name))
            }
            let role = try Self.role(of: id, in: graph)
            if let bound = bound(role) {
                var stream = RandomStream(seed: seed, name: "init/" + graph[id].name)
                values.append(
                    Tensor((0..<shape.elementCount).map { _ in stream.uniform(in: -bound..<bound) }, shape: shape))
            } else if case .table = role {
                var stream = RandomStream(seed: seed, name: "init/" + graph[id].name)
                values.append(Tensor((0..<shape.elementCount).map { _ in stream.normal() }, shape: shape))
            } else {
                var value: Float = 0
                if case .constant(let number) = role { value = number }
                values.append(Tensor([Float](repeating: value, count: shape.elementCount), shape: shape))
            }
        }
        return values
    }

    /// How far from 0 a tensor of this role is drawn, nil when it is not.
    private func bound(_ role: Role) -> Float? {
        switch (role, self) {
        case (.weight(let fanIn, _), .layers), (.bias(let fanIn), .layers): 1 / Float(fanIn).squareRoot()
        case (.weight(let fanIn, _), .kaiming): (6 / Float(fanIn)).squareRoot()
        case (.weight(let fanIn, let fanOut), .xavier): (6 / Float(fanIn + fanOut)).squareRoot()
        default: nil
        }
    }

    private enum Role {
        case weight(fanIn: Int, fanOut: Int)
        case bias(fanIn: Int)
        case table
        case constant(Float)
    }

    private static func role(of id: Graph.ValueID, in graph: Graph) throws(PithError) -> Role {
        for node in graph.nodes {
            guard let position = node.inputs.firstIndex(of: id) else { continue }
            switch node.op {
            case .gemm, .matMul, .conv:
                guard position > 0 else { continue }
                guard let weight = node.inputs[1] else { continue }
                let (fanIn, fanOut) = try fans(of: weight, in: node, graph)
                return position == 1 ? .weight(fanIn: fanIn, fanOut: fanOut) : .bias(fanIn: fanIn)
            case .batchNormalization, .layerNormalization, .instanceNormalization:
                return .constant(position == 1 || position == 4 ? 1 : 0)
            case .mul, .div: return .constant(1)
            case .pRelu: return .constant(0.25)
            case .gather: return .table
            default: continue
            }
        }
        return .constant(0)
    }

    /// How many numbers an output sums, and how many outputs an input takes part in.
    private static func fans(
        of weight: Graph.ValueID, in node: Graph.Node, _ graph: Graph
    ) throws(PithError) -> (fanIn: Int, fanOut: Int) {
        let shape = try graph[weight].type.shape()
        if node.op == .conv {
            return (
                max(shape.elementCount / max(shape[0], 1), 1), max(shape.elementCount / max(shape[1], 1), 1)
            )
        }
        let isTransposed = node.op == .gemm ? try node.attributes.flag(.transB) : false
        let (rows, columns) = (shape.dimensions.dropLast().last ?? shape.elementCount, shape.dimensions.last ?? 1)
        return isTransposed ? (max(columns, 1), max(rows, 1)) : (max(rows, 1), max(columns, 1))
    }
}
