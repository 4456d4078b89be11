import PithGraph
import PithMath

extension GradientContext {
    /// dA = G Bᵀ, summed over columns of G ascending; dB = Aᵀ G, summed over rows of G ascending. The stacks of A are
    /// rows of one matrix where B is a single one; else each stack has its own products, and an operand that broadcasts
    /// adds up those of its stack in ascending order.
    func matMul() throws(PithError) -> [Tensor?] {
        let (a, b) = (try input(0), try input(1))
        let depth = a.shape[a.shape.rank - 1]
        let columns = b.shape.rank == 1 ? 1 : b.shape[b.shape.rank - 1]
        guard gradient.count > 0, depth > 0 else {
            return [Tensor(zeros: a.shape), Tensor(zeros: b.shape)]
        }
        let left = try a.reshaped(to: [a.count / depth, depth])
        let right = try b.reshaped(to: [b.count / columns, columns])
        let g = try gradient.reshaped(to: [gradient.count / columns, columns])
        if b.shape.rank <= 2 {
            return [
                needs(0)
                    ? try Execution.matmul(g, right, transposeB: true, on: compute).reshaped(to: a.shape) : nil,
                needs(1) ? try Execution.matmul(left, transposeA: true, g, on: compute).reshaped(to: b.shape) : nil,
            ]
        }
        let rows = a.shape.rank == 1 ? 1 : a.shape[a.shape.rank - 2]
        let stacks = Shape(Array(gradient.shape.dimensions.dropLast(a.shape.rank == 1 ? 1 : 2)))
        let leftStacks = BroadcastIndices(Shape(Array(a.shape.dimensions.dropLast(2))), to: stacks)
        let rightStacks = BroadcastIndices(Shape(Array(b.shape.dimensions.dropLast(2))), to: stacks)
        var leftSums = StackSums(count: left.shape[0] / rows, compute)
        var rightSums = StackSums(count: right.shape[0] / depth, compute)
        for stack in 0..<stacks.elementCount {
            let (i, j) = (leftStacks[stack], rightStacks[stack])
            let own = g.rows(stack * rows..<(stack + 1) * rows)
            if needs(0) {
                let factor = right.rows(j * depth..<(j + 1) * depth)
                leftSums.add(Execution.matmul(own, factor, transposeB: true, on: compute), at: i)
            }
            if needs(1) {
                let factor = left.rows(i * rows..<(i + 1) * rows)
                rightSums.add(Execution.matmul(factor, transposeA: true, own, on: compute), at: j)
            }
        }
        return [
            needs(0) ? try leftSums.joined.reshaped(to: a.shape) : nil,
            needs(1) ? try rightSums.joined.reshaped(to: b.shape) : nil,
        ]
    }

    /// A sum per stack of an operand.
    private struct StackSums {
        private var sums: [Tensor?]
        private let compute: Compute

        init(count: Int, _ compute: Compute) {
            sums = [Tensor?](repeating: nil, count: count)
            self.compute = compute
        }

        mutating func add(_ product: Tensor, at index: Int) {
            sums[index] = sums[index].map { Execution.sum($0, product, on: compute) } ?? product
        }

        var joined: Tensor { Tensor(rowsOf: sums.compactMap { $0 }) }
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
