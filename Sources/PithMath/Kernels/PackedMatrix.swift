import CPithKernels
import PithGraph

/// The second matrix of a product in the kernels' panel layout: ⌈N / 16⌉ panels of K rows of 16 columns, zero-padded.
public struct PackedMatrix: Sendable {
    /// Rows: the extent that the product sums over.
    public let k: Int

    /// Columns.
    public let n: Int

    /// The panels, one after another.
    package let panels: Tensor

    /// Packs a float32 matrix.
    ///
    /// - Parameters:
    ///   - matrix: K × N, or N × K when transposed.
    ///   - transposed: Whether the product takes the matrix transposed.
    /// - Precondition: The tensor is a float32 matrix.
    /// - Complexity: O(K · N).
    public init(packing matrix: Tensor, transposed: Bool) {
        precondition(matrix.shape.rank == 2, "not a matrix")
        k = matrix.shape[transposed ? 1 : 0]
        n = matrix.shape[transposed ? 0 : 1]
        let columns = matrix.shape[1]
        var panels = Tensor(zeros: [pith_pack_size(k, n)])
        let (k, n) = (k, n)
        unsafe panels.withMutableFloatPointer { packed in
            unsafe matrix.withFloatPointer { source in
                unsafe pith_pack_f32(packed, source, k, n, transposed ? 1 : columns, transposed ? columns : 1)
            }
        }
        self.panels = panels
    }

    /// The matrix as a kernel takes it.
    ///
    /// - Parameter transposed: Whether the operator transposes the matrix that this was packed from.
    package func operand(transposed: Bool) -> KernelOperand {
        KernelOperand(elementType: .float32, shape: transposed ? [n, k] : [k, n], layout: .panels)
    }
}
