import CPithKernels
import PithGraph

/// Matrix products of two stacks of matrices that broadcast, each second matrix packed when its turn comes: operands A, B and
/// the output.
package struct StackedProductKernel: Sendable {
    private let product: ProductKernel
    /// The stacks, and for each how far apart its matrices are in A and B.
    private let loops: pith_loops
    private let stacks: Int
    private let outputSize: Int

    init?(_ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape) throws(PithError) {
        guard inputs.count == 2, let left = inputs[0], let right = inputs[1], right.isPlainFloat,
            left.shape.rank >= 2, right.shape.rank > 2
        else { return nil }
        let (a, b) = (left.shape.matrix, right.shape.matrix)
        let matrix: Shape = [a[0], b[1]]
        guard
            let product = try ProductKernel(
                .matMul, attributes,
                [
                    KernelOperand(elementType: left.elementType, shape: a),
                    KernelOperand(elementType: right.elementType, shape: b),
                ], output: matrix, fusion: Fusion())
        else { return nil }
        let stack = Shape(Array(output.dimensions.dropLast(2)))
        guard
            let loops = pith_loops(
                stack.dimensions, left.shape.stack.broadcastStrides(to: stack).map { $0 * a.elementCount },
                right.shape.stack.broadcastStrides(to: stack).map { $0 * b.elementCount })
        else { return nil }
        self.product = product
        self.loops = loops
        stacks = stack.elementCount
        outputSize = matrix.elementCount
    }

    var scratchBytes: Int { product.scratchBytes }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let stride = Kernel.stackedProduct(self).scratchBytes
        unsafe compute.pool.forEach(count: stacks, of: (self, memory, compute, stride)) { work, stack, thread in
            let (kernel, memory, compute, stride) = unsafe work
            var loops = kernel.loops
            var (a, b) = (0, 0)
            unsafe pith_loops_position(&loops, stack, &a, &b)
            unsafe kernel.product.multiply(
                memory.floats(0) + a, memory.floats(1) + b, memory.floats(2) + stack * kernel.outputSize,
                packingInto: memory.scratch + thread * stride, compute)
        }
    }
}

extension Shape {
    /// The two last extents.
    fileprivate var matrix: Shape { Shape(Array(dimensions.suffix(2))) }

    /// The others.
    fileprivate var stack: Shape { Shape(Array(dimensions.dropLast(2))) }
}
