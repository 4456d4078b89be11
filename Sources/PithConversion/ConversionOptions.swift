/// What a conversion is asked for beyond the type of the weights.
public struct ConversionOptions: Sendable {
    /// Where in a checkpoint the state dict is, its parts separated by dots; nil finds it where there is one.
    public var key: String?

    /// Whether the tensors are taken without a graph.
    public var isWeightsOnly = false

    /// Creates options that ask for nothing.
    public init() {}
}
