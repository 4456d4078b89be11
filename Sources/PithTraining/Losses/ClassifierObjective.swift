import PithFormat
public import PithGraph

/// Where a classifier's loss attaches to its graph, so that no route applies softmax twice.
public struct ClassifierObjective: Sendable, Hashable {
    /// The value that the loss takes.
    public let value: Graph.ValueID

    /// Which loss.
    public let loss: Loss

    /// What the graph's first output gives, as a model's metadata names it.
    let outputKind: OutputKind

    /// The number of classes.
    public let classes: Int

    /// Networks whose probabilities the graph averages; 1 for a single one.
    public let members: Int

    /// The losses of a classifier.
    public enum Loss: Sendable, Hashable {
        /// Softmax and cross-entropy in one, on logits.
        case softmaxCrossEntropy
        /// On log-probabilities.
        case negativeLogLikelihood
    }

    /// Finds it for a graph's first output: the input of a final `Softmax` takes the fused loss, the output of a final
    /// `LogSoftmax` the negative log-likelihood, anything else is logits and takes the fused loss.
    ///
    /// A final `ReduceMean` over the members of a `Softmax` of [batch, members, classes] averages networks side by side:
    /// the loss is then the mean of the members' own, so that each learns as if it were alone. A loss of their average
    /// would let one member rest on another.
    ///
    /// - Throws: `invalidGraph` for a graph whose first output is not [batch, classes].
    public init(_ graph: Graph) throws(PithError) {
        guard let output = graph.outputs.first, graph[output].type.rank == 2,
            let classes = graph[output].type.dimensions[1].extent
        else {
            throw PithError(
                .invalidGraph, "a classifier's first output must be [batch, classes]",
                advice: "end the graph in Softmax over the classes")
        }
        self.classes = classes
        let last = graph.node(giving: output)
        let averaged = last.flatMap { graph.softmaxOfMembers(averagedBy: $0) }
        members = averaged?.members ?? 1
        switch averaged?.softmax.op ?? last?.op {
        case .softmax:
            guard let softmax = averaged?.softmax ?? last, let logits = softmax.inputs[0] else {
                throw PithError(.invalidGraph, "Softmax has no input")
            }
            try Self.checkAxis(softmax, rank: averaged == nil ? 2 : 3)
            value = logits
            loss = .softmaxCrossEntropy
            outputKind = .probabilities
        case .logSoftmax:
            try Self.checkAxis(last, rank: 2)
            value = output
            loss = .negativeLogLikelihood
            outputKind = .logProbabilities
        default:
            value = output
            loss = .softmaxCrossEntropy
            outputKind = .logits
        }
    }

    private static func checkAxis(_ node: Graph.Node?, rank: Int) throws(PithError) {
        guard let axis = try node?.attributes.int(.axis), axis == rank - 1 || axis == -1 else {
            throw PithError(.invalidGraph, "the final softmax must be along the classes, axis \(rank - 1)")
        }
    }
}

extension Graph {
    fileprivate func node(giving value: ValueID) -> Node? { nodes.last { $0.outputs.contains(value) } }

    /// The softmax of [batch, members, classes] whose mean over the members a node takes, nil for any other node.
    fileprivate func softmaxOfMembers(averagedBy mean: Node) -> (softmax: Node, members: Int)? {
        guard mean.op == .reduceMean, let source = mean.inputs[0], self[source].type.rank == 3,
            let members = self[source].type.dimensions[1].extent, let softmax = node(giving: source),
            softmax.op == .softmax
        else { return nil }
        let context = ShapeContext(
            inputs: mean.inputs.map { $0.map { self[$0].type } }, attributes: mean.attributes,
            known: mean.inputs.map { $0.flatMap { self[$0].known } })
        guard let axes = try? mean.op.reducedAxes(context, rank: 3), axes == [1] else { return nil }
        return (softmax, members)
    }
}
