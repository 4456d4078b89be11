import CPithKernels
import PithGraph

/// Operators whose output's elements are those of one input at regular distances: operands the inputs, of which only the
/// first is read, and the output. Of any element type.
package struct MovementKernel: Sendable {
    private let loops: pith_loops
    private let rounds: Rounds
    private let elementBytes: Int
    /// Where the first element is in the input.
    private let offset: Int
    private let output: Int

    init?(
        _ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape
    ) throws(PithError) {
        guard let input = inputs[0], input.shape.elementCount > 0 else { return nil }
        var (extents, strides, offset) = (output.dimensions, [Int](), 0)
        let own = input.shape.strides
        switch op {
        case .transpose:
            let order = try attributes.ints(.perm) ?? Array((0..<output.rank).reversed())
            strides = order.map { own[$0] }
        case .expand:
            strides = input.shape.broadcastStrides(to: output)
        case .tile:
            // Each dimension is the repeats of it, in which the input does not move, and the input's own.
            extents = []
            for axis in 0..<output.rank {
                extents += [output[axis] / input.shape[axis], input.shape[axis]]
                strides += [0, own[axis]]
            }
        case .slice:
            guard
                let cuts = KernelOperand.known(
                    { context throws(PithError) in
                        try op.sliceCuts(context, rank: output.rank)
                    }, attributes, inputs)
            else { return nil }
            for (axis, cut) in cuts.enumerated() {
                let bounds = cut.bounds(extent: input.shape[axis])
                guard bounds.count == output[axis] else { return nil }
                offset += bounds.start * own[axis]
                strides.append(bounds.count > 1 ? cut.step * own[axis] : 0)
            }
        default: return nil
        }
        // Of up to twice as many extents as a shape may have.
        var (results, step) = ([Int](), 1)
        for extent in extents.reversed() {
            results.append(step)
            step *= extent
        }
        guard let loops = pith_loops(extents, strides, results.reversed()) else { return nil }
        self.loops = loops
        self.offset = offset
        rounds = Rounds(loops.rounds, elements: output.elementCount)
        elementBytes = input.elementType.byteCount
        self.output = inputs.count
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let pieces = rounds.pieces(for: compute.pool)
        unsafe compute.pool.forEach(count: pieces.count, of: (self, memory, pieces)) { work, piece, _ in
            let (kernel, memory, pieces) = unsafe work
            let rounds = pieces[piece]
            var loops = kernel.loops
            unsafe pith_copy(
                memory.bytes(kernel.output), memory.bytes(0) + kernel.offset * kernel.elementBytes,
                kernel.elementBytes, &loops, rounds.lowerBound, rounds.upperBound)
        }
    }
}
