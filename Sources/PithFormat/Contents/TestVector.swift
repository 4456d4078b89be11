/// Inputs and the exact outputs that a model gives for them, in the order of the graph's.
public struct TestVector: Sendable, Hashable {
    /// The inputs.
    public var inputs: [StoredTensor]
    /// The outputs.
    public var outputs: [StoredTensor]

    /// Creates a test vector of tensors without names.
    public init(inputs: [StoredTensor], outputs: [StoredTensor]) {
        self.inputs = inputs
        self.outputs = outputs
    }
}
