import PithGraph

extension Execution {
    /// The product of two matrices, each transposed or not; each element summed by fused multiply-add in ascending k.
    package static func matmul(
        _ a: Tensor, transposeA: Bool = false, _ b: Tensor, transposeB: Bool = false, on compute: Compute
    ) -> Tensor {
        let attributes: Attributes = [
            .alpha: 1.0, .beta: 1.0, .transA: transposeA ? 1 : 0, .transB: transposeB ? 1 : 0,
        ]
        let shape: Shape = [a.shape[transposeA ? 1 : 0], b.shape[transposeB ? 0 : 1]]
        precondition(a.shape[transposeA ? 0 : 1] == b.shape[transposeB ? 1 : 0], "the inner extents differ")
        guard shape.elementCount > 0 else { return Tensor(zeros: shape) }
        do throws(PithError) {
            if let results = try kernel(.gemm, attributes, [a, b], nil, [shape], compute) { return results[0] }
        } catch {
            preconditionFailure("the attributes of a product are valid")
        }
        preconditionFailure("the matrices are not float32")
    }

    /// A Gemm with factors, or with an addend that is not a bias per column: the product, then what follows it.
    static func scaledGemm(
        _ attributes: Attributes, _ inputs: [Tensor?], _ packed: PackedMatrix?, _ shape: Shape, _ compute: Compute
    ) throws(PithError) -> Tensor? {
        var plain = attributes
        plain[.alpha] = 1.0
        plain[.beta] = 1.0
        guard var result = try kernel(.gemm, plain, Array(inputs.prefix(2)), packed, [shape], compute)?[0] else {
            return nil
        }
        scale(
            &result, by: try attributes.float(.alpha), adding: inputs.count > 2 ? inputs[2] : nil,
            times: try attributes.float(.beta))
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
}
