public import PithGraph

/// The elements of a tensor as the scalar reference computes with them, in row-major order.
public struct ReferenceTensor<Element: Number>: Sendable {
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

    init(zeros shape: Shape) { self.init([Element](repeating: .zero, count: shape.elementCount), shape: shape) }

    /// A tensor's elements, each exactly.
    init(_ tensor: Tensor) {
        let type = tensor.elementType
        self.init(tensor.words.map { Element(word: $0, of: type) }, shape: tensor.shape)
    }

    /// The elements rounded once to a type; of integers the low bits.
    func tensor(of type: ElementType) -> Tensor {
        Tensor(words: elements.map { $0.word(of: type) }, elementType: type, shape: shape)
    }
}
