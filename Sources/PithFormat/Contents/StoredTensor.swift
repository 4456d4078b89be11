public import PithGraph

/// A tensor as a file holds it: little-endian elements in row-major order.
public struct StoredTensor: Sendable, Hashable {
    /// The name; empty for a tensor of a test vector.
    public let name: String
    /// The type of the stored elements.
    public let elementType: ElementType
    /// The extents.
    public let shape: Shape
    /// The elements.
    public let bytes: [UInt8]

    /// Creates a tensor.
    ///
    /// - Throws: `shapeMismatch` when there are more or fewer bytes than type and shape need.
    public init(name: String, elementType: ElementType, shape: Shape, bytes: [UInt8]) throws(PithError) {
        let needed = shape.elementCount * elementType.byteCount
        guard bytes.count == needed else {
            throw PithError(
                .shapeMismatch, "\(elementType.shortName) \(shape) needs \(needed) bytes, given \(bytes.count)",
                at: .tensor(name))
        }
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.bytes = bytes
    }
}

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
