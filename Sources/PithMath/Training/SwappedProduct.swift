import CPithKernels
package import PithGraph

extension Execution {
    /// Rows of one piece of a swapped product.
    private static let rowsPerPiece = 48

    /// x · Wᵀ + bias, [rows, units], for a weight [units, depth] that changes at every step: x is packed, not the weight,
    /// and the product is computed transposed. Each element has the same factors in the same order, so the same bits.
    ///
    /// - Returns: Nil where the attributes or shapes are others, or where packing the weight is less work.
    package static func layer(
        _ attributes: Attributes, _ inputs: [Tensor?], relu: Bool, on compute: Compute
    ) throws(PithError) -> Tensor? {
        guard inputs.count >= 2, let x = inputs[0], let weight = inputs[1], x.shape.rank == 2, weight.shape.rank == 2,
            x.elementType == .float32, weight.elementType == .float32, try attributes.flag(.transB),
            try !attributes.flag(.transA), try attributes.float(.alpha) == 1, try attributes.float(.beta) == 1
        else { return nil }
        let (rows, depth, units) = (x.shape[0], x.shape[1], weight.shape[0])
        let bias = inputs.count > 2 ? inputs[2] : nil
        if let bias {
            guard bias.elementType == .float32, bias.shape == [units] else { return nil }
        }
        // What is copied to pack the smaller side and to transpose the result, against packing the weight.
        guard rows > 0, (depth + 2 * units) * rows < depth * units else { return nil }
        var panels = Tensor(uninitialized: .float32, [pith_pack_size(depth, rows)])
        var transposed = Tensor(uninitialized: .float32, [units, rows])
        var result = Tensor(uninitialized: .float32, [rows, units])
        let isa = compute.instructionSet.rawValue
        let biases = unsafe bias?.withFloatPointer { unsafe $0 }
        unsafe panels.withMutableFloatPointer { panels in
            unsafe x.withFloatPointer { unsafe pith_pack_f32(panels, $0, depth, rows, 1, depth) }
            unsafe weight.withFloatPointer { weight in
                unsafe transposed.withMutableFloatPointer { product in
                    compute.pool.forEach(count: (units + rowsPerPiece - 1) / rowsPerPiece) { piece in
                        let first = piece * rowsPerPiece
                        var epilogue = unsafe pith_matmul_epilogue(
                            column_bias: nil, row_bias: biases.map { unsafe $0 + first }, activation: relu ? 1 : 0)
                        unsafe pith_matmul_f32(
                            isa, min(rowsPerPiece, units - first), rows, depth, weight + first * depth, depth, 1,
                            panels, product + first * rows, rows, &epilogue)
                    }
                    unsafe result.withMutableFloatPointer { unsafe pith_transpose_f32($0, product, units, rows) }
                }
            }
        }
        withExtendedLifetime(bias) {}
        return result
    }
}
