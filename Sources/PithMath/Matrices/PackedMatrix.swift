import CPithKernels
public import PithGraph

/// The second matrix of a product in the kernels' panel layout: ⌈N / 16⌉ panels of K rows of 16 columns, zero-padded.
///
/// Elements of bfloat16 and float16 stay as they are and are widened, which is exact, when they are multiplied.
public struct PackedMatrix: Sendable {
    /// Rows: the extent that the product sums over.
    public let k: Int

    /// Columns.
    public let n: Int

    /// The type of the elements: float32, bfloat16 or float16; uint8 once they are compressed.
    public let elementType: ElementType

    /// The panels, one after another; what `compressed()` makes of them in another layout.
    package private(set) var panels: Tensor

    /// How the elements lie in `panels`.
    package let layout: KernelOperand.Layout

    /// Packs a matrix.
    ///
    /// - Parameters:
    ///   - matrix: K × N, or N × K when transposed.
    ///   - transposed: Whether the product takes the matrix transposed.
    /// - Precondition: The tensor is a matrix of float32, bfloat16 or float16.
    /// - Complexity: O(K · N).
    public init(packing matrix: Tensor, transposed: Bool) {
        precondition(matrix.shape.rank == 2, "not a matrix")
        self.init(
            unfilled: matrix.elementType, k: matrix.shape[transposed ? 1 : 0], n: matrix.shape[transposed ? 0 : 1])
        unsafe matrix.withBytePointer { source in
            unsafe fill(
                UnsafeRawBufferPointer(start: source, count: matrix.byteCount), from: 0, transposed: transposed)
        }
    }

    init(panels: Tensor, k: Int, n: Int) {
        precondition(Self.takes(panels.elementType), "the elements are not float32, bfloat16 or float16")
        self.k = k
        self.n = n
        elementType = panels.elementType
        layout = .panels
        self.panels = panels
    }

    /// A matrix in another layout than panels, whose bytes are its own.
    init(k: Int, n: Int, _ layout: KernelOperand.Layout, _ bytes: Tensor) {
        (self.k, self.n, elementType) = (k, n, bytes.elementType)
        self.layout = layout
        panels = bytes
    }

    /// The memory of the panels, to write; copied first if another matrix shares it.
    package mutating func withMutablePanels<R, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> R
    ) throws(Failure) -> R {
        try unsafe panels.withMutableBytes(body)
    }

    /// Whether elements have this type before they are compressed: float32, bfloat16 or float16.
    package static func takes(_ type: ElementType) -> Bool { type == .float32 || narrowType(type) != nil }

    /// The kernels' number of a type that is narrower than float32, nil for others.
    static func narrowType(_ type: ElementType) -> Int32? {
        switch type {
        case .bfloat16: Int32(PITH_NARROW_BF16.rawValue)
        case .float16: Int32(PITH_NARROW_F16.rawValue)
        default: nil
        }
    }

    /// The matrix as a kernel takes it.
    ///
    /// - Parameter transposed: Whether the operator transposes the matrix that this was packed from.
    package func operand(transposed: Bool) -> KernelOperand {
        KernelOperand(elementType: elementType, shape: transposed ? [n, k] : [k, n], layout: layout)
    }
}
