/// The element type and extents of a value in a graph.
public struct ValueType: Sendable, Hashable {
    /// The type of the elements.
    public var elementType: ElementType

    /// The extents, outermost first.
    public var dimensions: [Dimension]

    /// Creates a type.
    public init(_ elementType: ElementType, _ dimensions: [Dimension]) {
        self.elementType = elementType
        self.dimensions = dimensions
    }

    /// The type of a tensor of known shape.
    public init(_ elementType: ElementType, _ shape: Shape) {
        self.init(elementType, shape.dimensions.map { Dimension.fixed($0) })
    }
}

extension ValueType {
    /// The number of dimensions.
    public var rank: Int { dimensions.count }

    /// The shape, when every extent is a number.
    ///
    /// - Throws: `shapeMismatch` for an extent that is not a number, and what `Shape.init(checking:)` throws.
    public func shape() throws(PithError) -> Shape {
        var extents: [Int] = []
        extents.reserveCapacity(rank)
        for dimension in dimensions {
            guard let extent = dimension.extent else {
                throw PithError(.shapeMismatch, "the extent '\(dimension)' of \(self) is not known")
            }
            extents.append(extent)
        }
        return try Shape(checking: extents)
    }
}

extension ValueType: CustomStringConvertible {
    /// In ONNX's textual syntax, for example `float[batch,784]`.
    public var description: String {
        var text = elementType.name + "["
        for (index, dimension) in dimensions.enumerated() {
            if index > 0 { text += "," }
            text += dimension.description
        }
        return text + "]"
    }
}
