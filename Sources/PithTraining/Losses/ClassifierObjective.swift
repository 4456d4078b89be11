public import PithGraph

/// Where a classifier's loss attaches to its graph, so that no route applies softmax twice.
public struct ClassifierObjective: Sendable, Hashable {
    /// The value that the loss takes.
    public let value: Graph.ValueID

    /// Which loss.
    public let loss: Loss

    /// What the graph's first output gives, as a model's metadata names it.
    let outputKind: String

    /// The number of classes.
    public let classes: Int

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
        let last = graph.nodes.last { $0.outputs.contains(output) }
        switch last?.op {
        case .softmax:
            guard let logits = last?.inputs[0] else { throw PithError(.invalidGraph, "Softmax has no input") }
            try Self.checkAxis(last)
            value = logits
            loss = .softmaxCrossEntropy
            outputKind = "probabilities"
        case .logSoftmax:
            try Self.checkAxis(last)
            value = output
            loss = .negativeLogLikelihood
            outputKind = "log-probabilities"
        default:
            value = output
            loss = .softmaxCrossEntropy
            outputKind = "logits"
        }
    }

    private static func checkAxis(_ node: Graph.Node?) throws(PithError) {
        guard let axis = try node?.attributes.int(.axis), axis == 1 || axis == -1 else {
            throw PithError(.invalidGraph, "the final softmax must be along the classes, axis 1")
        }
    }
}

extension Tape {
    /// The loss of a classifier at the value that its objective names.
    ///
    /// - Throws: `shapeMismatch`, `invalidArgument`.
    public func loss(
        _ objective: ClassifierObjective, of value: Variable, targets: ClassTargets,
        options: CrossEntropyOptions = CrossEntropyOptions()
    ) throws(PithError) -> Variable {
        switch objective.loss {
        case .softmaxCrossEntropy: try softmaxCrossEntropy(logits: value, targets: targets, options: options)
        case .negativeLogLikelihood:
            try negativeLogLikelihood(logProbabilities: value, targets: targets, options: options)
        }
    }
}
