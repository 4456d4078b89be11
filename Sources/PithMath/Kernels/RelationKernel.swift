import CPithKernels
import PithGraph

/// A truth value for each pair of elements of two operands that broadcast, or `Not` of one: operands the inputs and the output.
package struct RelationKernel: Sendable {
    private let relation: pith_relation
    private let operands: pith_operands
    private let elementBytes: Int
    /// Of what stands on the left of the relation and on the right, which is nil for a truth value that is false.
    private let left: Int
    private let right: Int?
    private let loops: pith_loops
    private let rounds: Rounds
    private let output: Int

    init?(_ op: Operator, _ inputs: [KernelOperand?], output: Shape) {
        guard let first = inputs[0], let operands = Self.operands(first.elementType, op) else { return nil }
        self.operands = operands
        elementBytes = first.elementType.byteCount
        switch op {
        case .equal, .not: relation = PITH_RELATION_EQUAL
        case .less, .greater: relation = PITH_RELATION_LESS
        case .lessOrEqual, .greaterOrEqual: relation = PITH_RELATION_LESS_OR_EQUAL
        case .and: relation = PITH_RELATION_AND
        case .or: relation = PITH_RELATION_OR
        default: return nil
        }
        let isSwapped = op == .greater || op == .greaterOrEqual
        left = isSwapped ? 1 : 0
        right = op == .not ? nil : isSwapped ? 0 : 1
        let strides = { (operand: Int?) -> [Int]? in
            guard let operand else { return output.dimensions.map { _ in 0 } }
            guard operand < inputs.count, let input = inputs[operand] else { return nil }
            return input.shape.broadcastStrides(to: output)
        }
        guard let a = strides(left), let b = strides(right), let loops = pith_loops(output.dimensions, a, b)
        else { return nil }
        self.loops = loops
        rounds = Rounds(loops.rounds, elements: output.elementCount)
        self.output = inputs.count
    }

    private static func operands(_ type: ElementType, _ op: Operator) -> pith_operands? {
        switch (type, op) {
        case (.bool, .and), (.bool, .or), (.bool, .not): PITH_OPERANDS_TRUTH
        case (.float32, _): PITH_OPERANDS_F32
        case (.int64, _): PITH_OPERANDS_I64
        default: nil
        }
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let pieces = rounds.pieces(for: compute.pool)
        unsafe compute.pool.forEach(count: pieces.count, of: (self, memory, pieces)) { work, piece, _ in
            let (kernel, memory, pieces) = unsafe work
            let rounds = pieces[piece]
            var (loops, no) = (kernel.loops, UInt8(0))
            let left = unsafe memory.bytes(kernel.left)
            let result = unsafe memory.bytes(kernel.output).assumingMemoryBound(to: UInt8.self)
            unsafe withUnsafeMutablePointer(to: &no) { no in
                let right = unsafe kernel.right.map { unsafe memory.bytes($0) } ?? UnsafeMutableRawPointer(no)
                unsafe pith_relate(
                    Int32(kernel.relation.rawValue), Int32(kernel.operands.rawValue), result, left, right, &loops,
                    rounds.lowerBound, rounds.upperBound)
            }
        }
    }
}
