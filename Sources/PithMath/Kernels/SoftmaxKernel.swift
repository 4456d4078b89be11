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
        let wanted = max(1, Self.elementsPerPiece / (length * inner))
        let rows = (wanted + Self.rowsMultiple - 1) / Self.rowsMultiple * Self.rowsMultiple
        let isa = compute.instructionSet.rawValue
        let pieceRows = compute.pool.threads == 1 ? outer : rows
        unsafe compute.pool.forEach(count: (outer + pieceRows - 1) / pieceRows, of: (self, memory, isa, pieceRows)) {
            work, piece, _ in
            let (kernel, memory, isa, rows) = unsafe work
            let first = piece * rows
            let offset = first * kernel.length * kernel.inner
            unsafe pith_softmax_f32(
                isa, memory.floats(1) + offset, memory.floats(0) + offset, min(rows, kernel.outer - first),
                kernel.length, kernel.inner, kernel.givesLogarithm ? 1 : 0)
        }
    }
}
