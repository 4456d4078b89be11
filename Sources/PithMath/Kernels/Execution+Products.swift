import CPithKernels
package import PithGraph

/// A matrix that a kernel reads in place: a float32 tensor's elements with strides.
package struct MatrixView {
    let tensor: Tensor
    package let rows: Int
    package let columns: Int
    let rowStride: Int
    let columnStride: Int

    /// Views a tensor of `rows × columns` elements, or of `columns × rows` when transposed.
    package init(_ tensor: Tensor, rows: Int, columns: Int, transposed: Bool) {
        precondition(tensor.count == rows * columns, "the view does not cover the tensor")
        self.tensor = tensor
        self.rows = rows
        self.columns = columns
        rowStride = transposed ? 1 : columns
        columnStride = transposed ? rows : 1
    }
}

extension Execution {
    /// Rows of one piece of work.
    private static let rowsPerPiece = 64

    /// Panels of one piece of work when there are few rows.
    private static let panelsPerPiece = 4

    /// The product of two matrices, each transposed or not; each element summed by fused multiply-add in ascending k.
    package static func matmul(
        _ a: Tensor, transposeA: Bool = false, _ b: Tensor, transposeB: Bool = false, on compute: Compute
    ) -> Tensor {
        let rows = a.shape[transposeA ? 1 : 0]
        let columns = a.shape[transposeA ? 0 : 1]
        let packed = PackedMatrix(packing: b, transposed: transposeB)
        precondition(packed.k == columns, "the inner extents differ")
        return product(
            MatrixView(a, rows: rows, columns: columns, transposed: transposeA), packed, shape: [rows, packed.n],
            on: compute)
    }

    static func gemm(
        _ attributes: Attributes, _ inputs: [Tensor?], _ compute: Compute, _ packed: PackedMatrix?, _ shape: Shape
    ) throws(PithError) -> Tensor? {
        guard let left = inputs[0] else { return nil }
        let alpha = try attributes.float(.alpha)
        let beta = try attributes.float(.beta)
        let addend = inputs.count > 2 ? inputs[2] : nil
        let isBias = addend.map { $0.count == shape[1] && $0.shape.dimensions.last == shape[1] } ?? true
        let matrix: PackedMatrix
        if let packed {
            matrix = packed
        } else {
            guard let right = inputs[1] else { return nil }
            matrix = PackedMatrix(packing: right, transposed: try attributes.flag(.transB))
        }
        let view = MatrixView(
            left, rows: shape[0], columns: matrix.k, transposed: try attributes.flag(.transA))
        if alpha == 1, beta == 1, isBias {
            return product(view, matrix, columnBias: addend, shape: shape, on: compute)
        }
        var result = product(view, matrix, shape: shape, on: compute)
        scale(&result, by: alpha, adding: addend, times: beta)
        return result
    }

    /// y = alpha · y + beta · c, where factors of 1 are left out and c broadcasts.
    private static func scale(_ result: inout Tensor, by alpha: Float, adding c: Tensor?, times beta: Float) {
        let count = result.count
        let terms = c?.floats
        let indices = c.map { BroadcastIndices($0.shape, to: result.shape) }
        unsafe result.withMutableFloatPointer { y in
            for index in 0..<count {
                var value = unsafe y[index]
                if alpha != 1 { value = alpha * value }
                if let terms, let indices {
                    let term = terms[indices[index]]
                    value += beta == 1 ? term : beta * term
                }
                unsafe y[index] = value.canonical
            }
        }
    }

    /// The product with a bias per column added after the sum.
    package static func product(
        _ a: MatrixView, _ b: PackedMatrix, columnBias: Tensor? = nil, shape: Shape, on compute: Compute
    ) -> Tensor {
        var result = Tensor(zeros: shape)
        guard shape.elementCount > 0 else { return result }
        let isa = compute.instructionSet.rawValue
        let (m, n, k) = (a.rows, b.n, b.k)
        let width = Int(PITH_PANEL_WIDTH)
        let byRows = m >= rowsPerPiece
        let pieces =
            byRows
            ? (m + rowsPerPiece - 1) / rowsPerPiece
            : ((n + width - 1) / width + panelsPerPiece - 1) / panelsPerPiece
        unsafe result.withMutableFloatPointer { c in
            unsafe a.tensor.withFloatPointer { left in
                unsafe b.panels.withFloatPointer { right in
                    compute.pool.forEach(count: pieces) { piece in
                        let row = byRows ? piece * rowsPerPiece : 0
                        let rows = byRows ? min(rowsPerPiece, m - row) : m
                        let column = byRows ? 0 : piece * panelsPerPiece * width
                        let columns = byRows ? n : min(panelsPerPiece * width, n - column)
                        var epilogue = unsafe pith_matmul_epilogue(column_bias: nil, row_bias: nil, activation: 0)
                        if let columnBias {
                            unsafe epilogue.column_bias = columnBias.withFloatPointer { unsafe $0 + column }
                        }
                        unsafe pith_matmul_f32(
                            isa, rows, columns, k, left + row * a.rowStride, a.rowStride, a.columnStride,
                            right + column * k, c + row * n + column, n, &epilogue)
                    }
                }
            }
        }
        return result
    }
}
