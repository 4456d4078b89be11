import CPithKernels
import PithGraph

/// Where along an axis the greatest or least float32 stands: operands the input and the output, of int64.
package struct PositionKernel: Sendable {
    /// The extents before the axis, of it, and after it.
    private let outer: Int
    private let length: Int
    private let inner: Int
    private let isLeast: Bool
    private let takesLast: Bool
    private let rounds: Rounds

    init?(_ op: Operator, _ attributes: Attributes, _ input: KernelOperand) throws(PithError) {
        let rows = AxisRows(input.shape, axis: try attributes.int(.axis))
        guard input.shape.elementCount > 0, rows.length <= Int32.max else { return nil }
        (length, inner) = (rows.length, rows.stride)
        outer = rows.count / rows.stride
        isLeast = op == .argMin
        takesLast = try attributes.flag(.selectLastIndex)
        rounds = Rounds(outer, elements: input.shape.elementCount)
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let pieces = rounds.pieces(for: compute.pool)
        unsafe compute.pool.forEach(count: pieces.count, of: (self, memory, pieces)) { work, piece, _ in
            let (kernel, memory, pieces) = unsafe work
            let first = pieces[piece].lowerBound
            unsafe pith_extreme_positions_f32(
                memory.bytes(1).assumingMemoryBound(to: Int64.self) + first * kernel.inner,
                memory.floats(0) + first * kernel.length * kernel.inner, pieces[piece].count, kernel.length,
                kernel.inner, kernel.isLeast ? 1 : 0, kernel.takesLast ? 1 : 0)
        }
    }
}
