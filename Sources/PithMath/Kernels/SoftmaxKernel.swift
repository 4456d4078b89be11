import CPithKernels
import PithGraph

/// Softmax, or its logarithm, along an axis: operands the input and the output, which may be the same memory.
package struct SoftmaxKernel: Sendable {
    /// The extents before the axis, of it, and after it.
    private let outer: Int
    private let length: Int
    private let inner: Int
    private let givesLogarithm: Bool

    /// Elements of one piece of work, at least; and rows, a multiple of those that a vector takes at once.
    private static let elementsPerPiece = 1 << 14
    private static let rowsMultiple = 16

    init(_ op: Operator, _ attributes: Attributes, _ input: KernelOperand) throws(PithError) {
        let rows = AxisRows(input.shape, axis: try attributes.int(.axis))
        (length, inner) = (rows.length, rows.stride)
        outer = rows.count / max(rows.stride, 1)
        givesLogarithm = op == .logSoftmax
    }

    var name: String { givesLogarithm ? "log softmax" : "softmax" }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let slice = length * inner
        let wanted = max(1, Self.elementsPerPiece / slice)
        let rows = (wanted + Self.rowsMultiple - 1) / Self.rowsMultiple * Self.rowsMultiple
        let (x, y) = unsafe (memory.floats(0), memory.floats(1))
        compute.pool.forEach(count: compute.pool.threads == 1 ? 1 : (outer + rows - 1) / rows) { piece in
            let first = piece * rows
            let count = compute.pool.threads == 1 ? outer : min(rows, outer - first)
            unsafe pith_softmax_f32(
                compute.instructionSet.rawValue, y + first * slice, x + first * slice, count, length, inner,
                givesLogarithm ? 1 : 0)
        }
    }
}
