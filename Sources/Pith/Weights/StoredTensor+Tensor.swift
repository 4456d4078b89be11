package import PithFormat
package import PithGraph
package import PithMath

extension Tensor {
    /// The elements of a stored tensor, decoded.
    ///
    /// - Throws: As `init(bytes:elementType:shape:)`.
    package init(_ stored: StoredTensor) throws(PithError) {
        try self.init(bytes: stored.bytes, elementType: stored.elementType, shape: stored.shape)
    }
}

extension StoredTensor {
    /// A tensor of a test vector.
    package init(unnamed tensor: Tensor) throws(PithError) {
        try self.init(name: "", elementType: tensor.elementType, shape: tensor.shape, bytes: tensor.bytes)
    }
}
