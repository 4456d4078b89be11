import CPithKernels
import PithGraph

/// An operator on pairs of elements of two operands that broadcast: operands both inputs and the output, which may be the
/// memory of an input of its size.
package struct PairsKernel: Sendable {
    private let function: pith_pair
    private let loops: pith_loops
    private let rounds: Rounds

    init?(_ op: Operator, _ inputs: [KernelOperand?], output: Shape) {
        guard inputs.count == 2, let left = inputs[0], let right = inputs[1], let function = Self.function(op),
            let loops = pith_loops(
                output.dimensions, left.shape.broadcastStrides(to: output), right.shape.broadcastStrides(to: output))
        else { return nil }
        self.function = function
        self.loops = loops
        rounds = Rounds(loops.rounds, elements: output.elementCount)
    }

    private static func function(_ op: Operator) -> pith_pair? {
        switch op {
        case .add: PITH_PAIR_ADD
        case .sub: PITH_PAIR_SUB
        case .mul: PITH_PAIR_MUL
        case .div: PITH_PAIR_DIV
        case .min: PITH_PAIR_MIN
        case .max: PITH_PAIR_MAX
        case .pRelu: PITH_PAIR_PRELU
        default: nil
        }
    }

    var name: String {
        switch function {
        case PITH_PAIR_ADD: "add"
        case PITH_PAIR_SUB: "subtract"
        case PITH_PAIR_MUL: "multiply"
        case PITH_PAIR_DIV: "divide"
        case PITH_PAIR_MIN: "lesser"
        case PITH_PAIR_MAX: "greater"
        default: "parametric ReLU"
        }
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let (pieces, isa) = (rounds.pieces(for: compute.pool), compute.instructionSet.rawValue)
        unsafe compute.pool.forEach(count: pieces.count, of: (self, memory, isa, pieces)) { work, piece, _ in
            let (kernel, memory, isa, pieces) = unsafe work
            let rounds = pieces[piece]
            var loops = kernel.loops
            unsafe pith_pairs_f32(
                isa, Int32(kernel.function.rawValue), memory.floats(2), memory.floats(0), memory.floats(1), &loops,
                rounds.lowerBound, rounds.upperBound)
        }
    }
}
