package import PithGraph

/// What a kernel is told of an operand when it is made.
package struct KernelOperand: Sendable {
    /// The type of the elements.
    package let elementType: ElementType
    /// The extents, whatever the layout.
    package let shape: Shape
    /// How the elements lie in memory.
    package let layout: Layout
    /// Its elements as far as they are known; only those of inputs that decide shapes are asked for.
    let known: KnownElements?

    /// How the elements of an operand lie in memory.
    package enum Layout: Sendable, Hashable {
        /// As in a `Tensor`.
        case rowMajor
        /// As the panels of a `PackedMatrix`, already transposed if the operator transposes it.
        case panels
        /// As the steps of a sparse `PackedMatrix`.
        case sparse
        /// As a palette, of so many floats, and the numbers of a `PackedMatrix`.
        case palette(floats: Int)
        /// As the scales and the whole numbers of a `PackedMatrix`, so many rows sharing their scales.
        case affine(groupRows: Int)
        /// As the scales, sums, zero points and bytes of a `PackedMatrix`.
        case bytes
    }

    package init(
        elementType: ElementType, shape: Shape, layout: Layout = .rowMajor, known: KnownElements? = nil
    ) {
        self.elementType = elementType
        self.shape = shape
        self.layout = layout
        self.known = known
    }

    /// Whether it is the second matrix of a product, packed for it.
    var isPacked: Bool { layout != .rowMajor }

    var isPlainFloat: Bool { elementType == .float32 && layout == .rowMajor }

    /// What the shape rules tell of a node with these inputs; nil when it depends on elements that are not known.
    static func known<T>(
        _ rule: (ShapeContext) throws(PithError) -> T, _ attributes: Attributes, _ inputs: [KernelOperand?]
    ) -> T? {
        try? rule(
            ShapeContext(
                inputs: inputs.map { $0.map { ValueType($0.elementType, $0.shape) } }, attributes: attributes,
                known: inputs.map { $0?.known }))
    }
}
