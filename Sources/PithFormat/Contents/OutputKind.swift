public import PithGraph

/// What a classifier's outputs are: the values of the key `output.kind` (`spec/FORMAT.md`, "Metadata").
public enum OutputKind: Sendable, Hashable, CaseIterable {
    /// Any numbers, the greatest the likeliest.
    case logits
    /// Logarithms of probabilities.
    case logProbabilities
    /// Numbers of 0...1 that add up to 1.
    case probabilities

    /// The name that files use.
    public var name: String {
        switch self {
        case .logits: "logits"
        case .logProbabilities: "log-probabilities"
        case .probabilities: "probabilities"
        }
    }

    /// The kind of a name; nil for one that is unknown.
    public init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { return nil }
        self = kind
    }
}

extension Graph {
    /// What the last operator tells of the only output; nil where it tells nothing.
    public var outputKind: OutputKind? {
        guard outputs.count == 1, let node = nodes.last(where: { $0.outputs.contains(outputs[0]) }) else { return nil }
        switch node.op {
        case .softmax: return .probabilities
        case .logSoftmax: return .logProbabilities
        case .gemm, .matMul: return .logits
        default: return nil
        }
    }
}
