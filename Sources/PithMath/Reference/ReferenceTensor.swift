public import PithGraph

/// The elements of a tensor as the scalar reference sees them, in row-major order.
public struct ReferenceTensor<Element: Scalar>: Sendable {
    /// The extents.
    public let shape: Shape
    /// The elements.
    public var elements: [Element]

    /// Creates a tensor.
    ///
    /// - Precondition: There are as many elements as the shape says.
    public init(_ elements: [Element], shape: Shape) {
        precondition(elements.count == shape.elementCount, "the count of elements is not that of the shape")
        self.shape = shape
        self.elements = elements
    }

    init(zeros shape: Shape) { self.init([Element](repeating: 0, count: shape.elementCount), shape: shape) }
}
