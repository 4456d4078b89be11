public import PithGraph
public import PithMath

/// A graph with the elements of its initializers: what passes work on.
public struct WeightedGraph: Sendable {
    /// What is computed.
    public let graph: Graph

    /// The elements of each initializer by name.
    public let weights: [String: Tensor]

    /// Puts a graph and weights together.
    ///
    /// - Throws: `invalidGraph` naming an initializer without elements, `shapeMismatch` or `typeMismatch` for others than
    ///   the graph says.
    public init(_ graph: Graph, weights: [String: Tensor]) throws(PithError) {
        for id in graph.initializers {
            let value = graph[id]
            guard let tensor = weights[value.name] else {
                throw PithError(.invalidGraph, "the weights are missing", at: .tensor(value.name))
            }
            guard tensor.elementType == value.type.elementType else {
                throw PithError(.typeMismatch, "expected \(value.type), given \(tensor)", at: .tensor(value.name))
            }
            guard ValueType(tensor.elementType, tensor.shape) == value.type else {
                throw PithError(.shapeMismatch, "expected \(value.type), given \(tensor)", at: .tensor(value.name))
            }
        }
        self.graph = graph
        self.weights = weights
    }
}

extension WeightedGraph {
    /// The graph with what its constants alone decide worked out: nodes that take only constants, branches of `If` on a
    /// constant, constants of the same bits, and what no output depends on. No output changes a bit.
    ///
    /// - Throws: What the operators throw, located at their node.
    public func foldingConstants() throws(PithError) -> WeightedGraph {
        var folding = ConstantFolding(self)
        return try folding.run()
    }
}

/// Builds a graph anew, constants kept aside until a node needs them.
private struct ConstantFolding {
    private let source: WeightedGraph
    private var graph: Graph
    private var weights: [String: Tensor] = [:]

    /// Elements of a constant that stands in the graph itself; larger ones become initializers.
    private static let inlineElements = Limits.knownElements

    /// Elements that a folded result may have beyond those of its inputs.
    private static let growth = 1 << 20

    private enum Meaning {
        case value(Graph.ValueID)
        case constant(Constant)
    }

    private struct Constant {
        let tensor: Tensor
        let name: String
    }

    /// Constants that are in the graph already, by their bits.
    private var placed: [[UInt8]: [(tensor: Tensor, id: Graph.ValueID)]] = [:]
    private var foldedNames = 0

    init(_ source: WeightedGraph) {
        self.source = source
        graph = Graph(name: source.graph.name)
    }

    mutating func run() throws(PithError) -> WeightedGraph {
        let old = source.graph
        var meanings = [Meaning?](repeating: nil, count: old.values.count)
        for id in old.inputs { meanings[id.index] = .value(try graph.addInput(old[id].name, old[id].type)) }
        for id in old.initializers {
            if let tensor = source.weights[old[id].name] {
                meanings[id.index] = .constant(Constant(tensor: tensor, name: old[id].name))
            }
        }
        try add(old, &meanings)
        var outputs: [(Graph.ValueID, String)] = []
        for id in old.outputs {
            guard let meaning = meanings[id.index] else { throw PithError(.invalidGraph, "an output is not defined") }
            outputs.append((try place(meaning, alone: true), old[id].name))
        }
        for (id, name) in outputs {
            let isOther = !graph[id].name.isEmpty && graph[id].name != name || graph.outputs.contains(id)
            let value = isOther ? try graph.add(.identity, [id]) : id
            try graph.addOutput(value, name: name)
        }
        return try WeightedGraph(graph, weights: weights).droppingUnused()
    }

    /// Adds the nodes of a graph, or of a branch of one.
    private mutating func add(_ old: Graph, _ meanings: inout [Meaning?]) throws(PithError) {
        for (index, node) in old.nodes.enumerated() {
            do throws(PithError) {
                try add(node, &meanings)
            } catch {
                throw error.located(in: .node(old.displayName(ofNode: index)))
            }
        }
    }

    private mutating func add(_ node: Graph.Node, _ meanings: inout [Meaning?]) throws(PithError) {
        let inputs = node.inputs.map { id in id.flatMap { meanings[$0.index] } }
        if node.op == .if, case .constant(let condition)? = inputs[0] {
            let branch = try node.attributes.graph(condition.tensor.bools.first == true ? .thenBranch : .elseBranch)
            var inner = [Meaning?](repeating: nil, count: branch.values.count)
            for (id, capture) in zip(branch.inputs, inputs.dropFirst()) { inner[id.index] = capture }
            try add(branch, &inner)
            for (id, output) in zip(node.outputs, branch.outputs) { meanings[id.index] = inner[output.index] }
            return
        }
        if let results = try folded(node, inputs) {
            for (id, tensor) in zip(node.outputs, results) {
                meanings[id.index] = .constant(Constant(tensor: tensor, name: ""))
            }
            return
        }
        var ids: [Graph.ValueID?] = []
        for input in inputs { ids.append(try input.map { meaning throws(PithError) in try place(meaning) }) }
        let outputs = try graph.addNode(node.op, ids, node.attributes, outputCount: node.outputs.count)
        for (old, new) in zip(node.outputs, outputs) { meanings[old.index] = .value(new) }
    }

    /// The results of a node that takes only constants, nil for any other and where they would be much larger.
    private func folded(_ node: Graph.Node, _ inputs: [Meaning?]) throws(PithError) -> [Tensor]? {
        var tensors: [Tensor?] = []
        var size = Self.growth
        for (id, input) in zip(node.inputs, inputs) {
            switch input {
            case .constant(let constant):
                tensors.append(constant.tensor)
                size += constant.tensor.count
            case nil where id == nil: tensors.append(nil)
            default: return nil
            }
        }
        let types = try node.op.outputTypes(
            inputs: tensors.map { $0.map { ValueType($0.elementType, $0.shape) } }, attributes: node.attributes,
            known: tensors.map { $0.flatMap { $0.count <= Limits.knownElements ? $0.knownElements : nil } },
            outputCount: node.outputs.count)
        for type in types where try type.shape().elementCount > size { return nil }
        return try Execution.apply(node.op, node.attributes, tensors, on: .single, outputCount: node.outputs.count)
    }

    /// The value of a constant in the new graph, the same for the same bits.
    ///
    /// - Parameter alone: Whether it is to be a value of its own.
    private mutating func place(_ meaning: Meaning, alone: Bool = false) throws(PithError) -> Graph.ValueID {
        guard case .constant(let constant) = meaning else {
            guard case .value(let id) = meaning else { throw PithError(.invalidGraph, "a value is not defined") }
            return id
        }
        let tensor = constant.tensor
        let bytes = tensor.bytes
        if !alone, let same = placed[bytes]?.first(where: { $0.tensor == tensor }) { return same.id }
        let id: Graph.ValueID
        if constant.name.isEmpty, tensor.count <= Self.inlineElements {
            let value = try TensorValue(tensor.elementType, tensor.shape, bytes: bytes)
            id = try graph.add(.constant, [], [.value: .tensor(value)])
        } else {
            var name = constant.name
            while name.isEmpty || weights[name] != nil || source.weights[name] != nil && constant.name.isEmpty {
                foldedNames += 1
                name = "folded.\(foldedNames)"
            }
            id = try graph.addInitializer(name, tensor.elementType, tensor.shape)
            weights[name] = tensor
        }
        placed[bytes, default: []].append((tensor, id))
        return id
    }
}

extension WeightedGraph {
    /// The graph without nodes and initializers that no output depends on.
    ///
    /// - Throws: Nothing for a valid graph.
    public func droppingUnused() throws(PithError) -> WeightedGraph {
        let prepared = try graph.preparedForInference()
        var kept: [String: Tensor] = [:]
        for id in prepared.initializers { kept[prepared[id].name] = weights[prepared[id].name] }
        return try WeightedGraph(prepared, weights: kept)
    }
}
