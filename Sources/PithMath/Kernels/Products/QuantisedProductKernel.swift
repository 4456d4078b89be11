import CPithKernels
import PithGraph

/// `DynamicQuantizeLinear`, `MatMulInteger` by a constant, `Cast` to float32, `Mul` by both scales, and a bias per column:
/// operands A, the packed matrix, the bias if there is one, and the output.
package struct QuantisedProductKernel: Sendable {
    private let rows: Int
    private let columns: Int
    private let depth: Int
    private let bias: Int?
    private let output: Int
    private let activation: Fusion.Activation

    /// Columns of one piece of work, and multiplications below which a second thread costs more than it saves.
    private static let columnsPerPiece = 64
    private static let leastWork = 1 << 17

    init?(_ inputs: [KernelOperand?], output: Shape, fusion: Fusion) {
        guard inputs.count > 1, let left = inputs[0], let right = inputs[1], right.layout == .bytes else { return nil }
        depth = right.shape[0]
        columns = right.shape[1]
        rows = output.elementCount / columns
        bias = inputs.count > 2 && inputs[2] != nil ? 2 : nil
        self.output = inputs.count
        activation = fusion.activation
        precondition(left.shape.elementCount == rows * depth, "the left matrix does not fit the product")
    }

    /// Bytes of A, row by row; a sum for each follows.
    private var quantisedBytes: Int { rows * pith_byte_row(depth) }

    var scratchBytes: Int { quantisedBytes + rows * MemoryLayout<Int32>.stride }

    func run(_ memory: KernelMemory, on compute: Compute) {
        guard let right = unsafe memory.operands[1] else {
            preconditionFailure("the second matrix of a product is missing")
        }
        let isa = compute.instructionSet.rawValue
        let quantised = unsafe memory.scratch.assumingMemoryBound(to: UInt8.self)
        let sums = unsafe (memory.scratch + quantisedBytes).assumingMemoryBound(to: Int32.self)
        var scale: Float = 0
        var zero: Int32 = 0
        unsafe pith_quantize_f32(isa, quantised, sums, &scale, &zero, memory.floats(0), rows, depth)
        let (a, aSums, aScale, aZero) = unsafe (UnsafePointer(quantised), UnsafePointer(sums), scale, zero)
        let isSmall = compute.pool.threads == 1 || rows * columns * depth < Self.leastWork
        let length = isSmall ? columns : Self.columnsPerPiece
        unsafe compute.pool.forEach(
            count: (columns + length - 1) / length,
            of: (self, memory, right, a, aSums, aScale, aZero, isa, length)
        ) { work, piece, _ in
            let (kernel, memory, right, a, aSums, aScale, aZero, isa, length) = unsafe work
            let first = piece * length
            unsafe kernel.multiply(
                memory, right, a, aSums, aScale, aZero, columns: first..<min(first + length, kernel.columns), isa)
        }
    }

    private func multiply(
        _ memory: KernelMemory, _ right: UnsafeMutableRawPointer, _ a: UnsafePointer<UInt8>,
        _ sums: UnsafePointer<Int32>, _ scale: Float, _ zero: Int32, columns: Range<Int>, _ isa: Int32
    ) {
        let width = PackedMatrix.paddedColumns(self.columns)
        let scales = unsafe right.assumingMemoryBound(to: Float.self)
        let integers = unsafe (right + width * MemoryLayout<Float>.stride).assumingMemoryBound(to: Int32.self)
        let codes = unsafe (right + 3 * width * MemoryLayout<Float>.stride).assumingMemoryBound(to: Int8.self)
        let first = columns.lowerBound
        var weight = unsafe pith_integers(
            codes: codes + pith_integers_pack_size(depth, first), sums: integers + first,
            zeros: integers + width + first, scales: scales + first)
        var epilogue = unsafe pith_matmul_epilogue(
            column_bias: nil, row_bias: nil, activation: activation.rawValue)
        if let values = unsafe memory.optionalFloats(bias) {
            unsafe epilogue.column_bias = UnsafePointer(values + first)
        }
        unsafe pith_integer_matmul(
            isa, rows, columns.count, depth, a, sums, scale, zero, &weight, memory.floats(output) + first, self.columns,
            &epilogue)
    }
}
