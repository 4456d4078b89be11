import CPithKernels
import PithGraph

/// Sums, means, norms and extremes along any axes: operands the input, perhaps the axes, and the output.
package struct ReductionKernel: Sendable {
    private let function: pith_reduction
    private let kept: pith_loops
    private let reduced: pith_loops
    private let rounds: Rounds
    private let output: Int

    init?(_ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?]) throws(PithError) {
        guard let input = inputs[0], input.shape.elementCount > 0 else { return nil }
        let rank = input.shape.rank
        let axes: [Int]
        switch op {
        case .reduceSum: function = PITH_REDUCE_SUM
        case .reduceMean: function = PITH_REDUCE_MEAN
        case .reduceL2: function = PITH_REDUCE_L2
        case .reduceMax, .globalMaxPool: function = PITH_REDUCE_MAX
        case .reduceMin: function = PITH_REDUCE_MIN
        default: return nil
        }
        if op == .globalMaxPool {
            axes = Array(2..<rank)
        } else {
            guard
                let known = KernelOperand.known(
                    { context throws(PithError) in
                        try op.reducedAxes(context, rank: rank)
                    }, attributes, inputs)
            else { return nil }
            axes = known
        }
        var (kept, reduced) = (pith_loops(), pith_loops())
        let strides = input.shape.strides
        for axis in 0..<rank {
            let isAdded =
                axes.contains(axis)
                ? unsafe pith_loops_add(&reduced, input.shape[axis], strides[axis], 0)
                : unsafe pith_loops_add(&kept, input.shape[axis], strides[axis], 0)
            guard isAdded != 0 else { return nil }
        }
        self.kept = kept
        self.reduced = reduced
        rounds = Rounds(kept.rounds, elements: input.shape.elementCount)
        output = inputs.count
    }

    var name: String { function == PITH_REDUCE_MAX || function == PITH_REDUCE_MIN ? "extremes" : "sums" }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let (pieces, isa) = (rounds.pieces(for: compute.pool), compute.instructionSet.rawValue)
        unsafe compute.pool.forEach(count: pieces.count, of: (self, memory, isa, pieces)) { work, piece, _ in
            let (kernel, memory, isa, pieces) = unsafe work
            let rounds = pieces[piece]
            var (kept, reduced) = (kernel.kept, kernel.reduced)
            unsafe pith_reduce_f32(
                isa, Int32(kernel.function.rawValue), memory.floats(kernel.output), memory.floats(0), &kept, &reduced,
                rounds.lowerBound, rounds.upperBound)
        }
    }
}
