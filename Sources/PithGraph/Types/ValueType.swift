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

    /// The count of elements when every extent that is not a number is 1.
    ///
    /// - Throws: What `Shape.init(checking:)` throws.
    func elementCountAtUnit() throws(PithError) -> Int {
        try Shape.elementCount(checking: rank) { dimensions[$0].extent ?? 1 }
    }

    /// The shape, when every extent is a number.
    ///
    /// - Throws: `shapeMismatch` for an extent that is not a number, and what `Shape.init(checking:)` throws.
    public func shape() throws(PithError) -> Shape {
        try checkKnown()
        return try Shape(checking: dimensions.map { $0.extent ?? 1 })
    }

    /// The count of elements, when every extent is a number.
    ///
    /// - Throws: As `shape()`.
    func elementCount() throws(PithError) -> Int {
        try checkKnown()
        return try elementCountAtUnit()
    }

    private func checkKnown() throws(PithError) {
        for dimension in dimensions where dimension.extent == nil {
            throw PithError(.shapeMismatch, "the extent '\(dimension)' of \(self) is not known")
        }
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
