import CPithKernels
import PithGraph

/// Elements of one tensor where a condition holds, of another elsewhere, all broadcast: operands the condition, both, and the
/// output. Of any element type.
package struct ChoiceKernel: Sendable {
    /// From the second tensor to the output, and over the condition and the first.
    private let otherwise: pith_loops
    private let chosen: pith_loops
    private let otherwiseRounds: Rounds
    private let chosenRounds: Rounds
    private let elementBytes: Int

    init?(_ inputs: [KernelOperand?], output: Shape) {
        guard inputs.count == 3, let condition = inputs[0], let yes = inputs[1], let no = inputs[2],
            let otherwise = pith_loops(output.dimensions, no.shape.broadcastStrides(to: output), output.strides),
            let chosen = pith_loops(
                output.dimensions, condition.shape.broadcastStrides(to: output), yes.shape.broadcastStrides(to: output))
        else { return nil }
        (self.otherwise, self.chosen) = (otherwise, chosen)
        otherwiseRounds = Rounds(otherwise.rounds, elements: output.elementCount)
        chosenRounds = Rounds(chosen.rounds, elements: output.elementCount)
        elementBytes = yes.elementType.byteCount
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let pieces = otherwiseRounds.pieces(for: compute.pool)
        unsafe compute.pool.forEach(count: pieces.count, of: (self, memory, pieces)) { work, piece, _ in
            let (kernel, memory, pieces) = unsafe work
            var loops = kernel.otherwise
            unsafe pith_copy(
                memory.bytes(3), memory.bytes(2), kernel.elementBytes, &loops, pieces[piece].lowerBound,
                pieces[piece].upperBound)
        }
        let chosenPieces = chosenRounds.pieces(for: compute.pool)
        unsafe compute.pool.forEach(count: chosenPieces.count, of: (self, memory, chosenPieces)) { work, piece, _ in
            let (kernel, memory, pieces) = unsafe work
            var loops = kernel.chosen
            unsafe pith_choose(
                memory.bytes(3), memory.bytes(0), memory.bytes(1), kernel.elementBytes, &loops,
                pieces[piece].lowerBound,
                pieces[piece].upperBound)
        }
    }
}
