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

    /// The type of the elements: float32, bfloat16 or float16.
    public let elementType: ElementType

    /// The panels, one after another.
    package let panels: Tensor

    /// Packs a matrix.
    ///
    /// - Parameters:
    ///   - matrix: K × N, or N × K when transposed.
    ///   - transposed: Whether the product takes the matrix transposed.
    /// - Precondition: The tensor is a matrix of float32, bfloat16 or float16.
    /// - Complexity: O(K · N).
    public init(packing matrix: Tensor, transposed: Bool) {
        precondition(matrix.shape.rank == 2, "not a matrix")
        k = matrix.shape[transposed ? 1 : 0]
        n = matrix.shape[transposed ? 0 : 1]
        elementType = matrix.elementType
        let columns = matrix.shape[1]
        let (k, n, type) = (k, n, matrix.elementType)
        let (kStride, nStride) = (transposed ? 1 : columns, transposed ? columns : 1)
        let narrow = Self.narrowType(type)
        precondition(narrow != nil || type == .float32, "the elements are not float32, bfloat16 or float16")
        let size = narrow.map { pith_narrow_pack_size($0, k, n) / type.byteCount } ?? pith_pack_size(k, n)
        var panels = Tensor(uninitialized: type, [size])
        unsafe panels.withMutableBytePointer { packed in
            unsafe matrix.withBytePointer { source in
                if let narrow {
                    unsafe pith_narrow_pack(narrow, packed, source, k, n, kStride, nStride)
                } else {
                    unsafe pith_pack_f32(
                        packed.assumingMemoryBound(to: Float.self), source.assumingMemoryBound(to: Float.self), k, n,
                        kStride, nStride)
                }
            }
        }
        self.panels = panels
    }

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
        KernelOperand(elementType: elementType, shape: transposed ? [n, k] : [k, n], layout: .panels)
    }
}
