/// What a whole file is for. The raw value is the byte in the header.
public enum FileRole: UInt8, Sendable, Hashable, CaseIterable {
    /// A graph and its weights, to run.
    case model = 1
    /// Tensors without a graph.
    case weights = 2
    /// A model in training, with what it takes to go on.
    case checkpoint = 3

    /// The name that messages use.
    public var name: String {
        switch self {
        case .model: "model"
        case .weights: "weights"
        case .checkpoint: "checkpoint"
        }
    }
}
