import PithGraph
import PithMath

extension GradientContext {
    /// dA = G Bᵀ, summed over columns of G ascending; dB = Aᵀ G, summed over rows of G ascending.
    func matMul() throws(PithError) -> [Tensor?] {
        let (a, b) = (try input(0), try input(1))
        guard a.shape.rank == 2, b.shape.rank == 2 else {
            throw PithError(.unsupportedOperation, "MatMul has a gradient for two matrices, given \(a) and \(b)")
        }
        return [
            needs(0) ? Execution.matmul(gradient, b, transposeB: true, on: compute) : nil,
            needs(1) ? Execution.matmul(a, transposeA: true, gradient, on: compute) : nil,
        ]
    }

    /// As MatMul; alpha scales after the sum. The addend's gradient is G scaled by beta, summed over rows ascending.
    func gemm() throws(PithError) -> [Tensor?] {
        let (a, b) = (try input(0), try input(1))
        let (transA, transB) = (try attributes.flag(.transA), try attributes.flag(.transB))
        let (alpha, beta) = (try attributes.float(.alpha), try attributes.float(.beta))
        var gradients: [Tensor?] = [nil, nil]
        if needs(0) {
            let product =
                transA
                ? Execution.matmul(b, transposeA: transB, gradient, transposeB: true, on: compute)
                : Execution.matmul(gradient, b, transposeB: !transB, on: compute)
            gradients[0] = scaled(product, by: alpha)
        }
        if needs(1) {
            let product =
                transB
                ? Execution.matmul(gradient, transposeA: true, a, transposeB: transA, on: compute)
                : Execution.matmul(a, transposeA: !transA, gradient, on: compute)
            gradients[1] = scaled(product, by: alpha)
        }
        if inputs.count > 2, let addend = inputs[2] {
            gradients.append(
                needs(2) ? Broadcast.summed(scaled(gradient, by: beta), to: addend.shape, on: compute) : nil)
        }
        return gradients
    }

    private func scaled(_ tensor: Tensor, by factor: Float) -> Tensor {
        factor == 1 ? tensor : map(tensor) { factor * $0 }
    }
}
