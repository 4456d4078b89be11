import CPithKernels
import PithGraph

/// A matrix product with a bias per column: operands A, B, the bias if there is one, and the output.
package struct ProductKernel: Sendable {
    private let rows: Int
    private let columns: Int
    private let depth: Int
    private let rowStride: Int
    private let depthStride: Int
    private let packing: Packing?
    private let form: Form
    private let bias: Int?
    private let output: Int
    private let activation: Fusion.Activation

    /// The strides of a second matrix that is not packed yet.
    private struct Packing: Sendable {
        let depthStride: Int
        let columnStride: Int
    }

    /// What the second matrix is made of.
    private enum Form: Sendable {
        /// Panels of float32.
        case wide
        /// Panels of a narrower type, by the kernels' number of it.
        case narrow(Int32)
        case sparse
        case palette(floats: Int)
        case affine(groupRows: Int)
    }

    /// Rows, and panels, of one piece of work.
    private static let rowsPerPiece = 48
    private static let panelsPerPiece = 4

    /// Rows of a piece are a multiple of this, so that they fill whole tiles.
    private static let rowsMultiple = 8

    /// Multiplications below which a second thread costs more than it saves.
    private static let leastWork = 1 << 15

    init?(
        _ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape, fusion: Fusion
    ) throws(PithError) {
        guard inputs.count > 1, let left = inputs[0], let right = inputs[1],
            right.elementType == .float32 || right.isPacked, right.layout != .bytes,
            right.shape.rank == 2, output.rank > 0
        else { return nil }
        let isGemm = op == .gemm
        let transposesLeft = isGemm ? try attributes.flag(.transA) : false
        let transposesRight = isGemm ? try attributes.flag(.transB) : false
        if isGemm, try attributes.float(.alpha) != 1 { return nil }
        bias = inputs.count > 2 && inputs[2] != nil ? 2 : nil
        self.output = inputs.count
        depth = right.shape[transposesRight ? 1 : 0]
        columns = right.shape[transposesRight ? 0 : 1]
        if bias != nil, let addend = inputs[2] {
            guard addend.isPlainFloat, addend.shape.elementCount == columns, addend.shape.dimensions.last == columns
            else { return nil }
            if isGemm, try attributes.float(.beta) != 1 { return nil }
        }
        rows = output.elementCount / columns
        rowStride = transposesLeft ? 1 : depth
        depthStride = transposesLeft ? rows : 1
        let width = right.shape[1]
        packing =
            right.isPacked
            ? nil
            : Packing(depthStride: transposesRight ? 1 : width, columnStride: transposesRight ? width : 1)
        form = Self.form(of: right)
        if case .wide = form {} else if depthStride != 1 { return nil }
        precondition(left.shape.elementCount == rows * depth, "the left matrix does not fit the product")
        activation = fusion.activation
    }

    private static func form(of matrix: KernelOperand) -> Form {
        switch matrix.layout {
        case .sparse: .sparse
        case .palette(let floats): .palette(floats: floats)
        case .affine(let groupRows): .affine(groupRows: groupRows)
        case .panels, .rowMajor, .bytes: PackedMatrix.narrowType(matrix.elementType).map { .narrow($0) } ?? .wide
        }
    }

    var name: String {
        let name = rows == 1 ? "vector product" : "matrix product"
        switch form {
        case .wide: return packing == nil ? name : name + ", packing"
        case .narrow: return name + ", widening"
        case .sparse: return name + ", sparse"
        case .palette: return name + ", palette"
        case .affine: return name + ", int8"
        }
    }

    var scratchBytes: Int { packing == nil ? 0 : pith_pack_size(depth, columns) * MemoryLayout<Float>.stride }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let right = unsafe packed(memory.bytes(1), into: memory.scratch)
        guard compute.pool.threads > 1, rows * columns * depth >= Self.leastWork else {
            unsafe multiply(memory, right, rows: 0..<rows, columns: 0..<columns, compute)
            return
        }
        let splitsRows = rows >= Self.rowsPerPiece
        let total = splitsRows ? rows : columns
        let length =
            splitsRows
            ? rowsPerPiece(threads: compute.pool.threads) : Self.panelsPerPiece * Int(PITH_PANEL_WIDTH)
        unsafe compute.pool.forEach(
            count: (total + length - 1) / length, of: (self, memory, right, compute, total, length, splitsRows)
        ) { work, piece, _ in
            let (kernel, memory, right, compute, total, length, splitsRows) = unsafe work
            let part = (piece * length)..<min((piece + 1) * length, total)
            unsafe kernel.multiply(
                memory, right, rows: splitsRows ? part : 0..<kernel.rows,
                columns: splitsRows ? 0..<kernel.columns : part, compute)
        }
    }

    /// The second matrix in panels, which are in the scratch memory unless it was packed before.
    private func packed(
        _ matrix: UnsafeMutableRawPointer, into scratch: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        guard let packing else { return unsafe matrix }
        unsafe pith_pack_f32(
            scratch.assumingMemoryBound(to: Float.self), matrix.assumingMemoryBound(to: Float.self), depth, columns,
            packing.depthStride, packing.columnStride)
        return unsafe scratch
    }

    /// The product of two matrices that are where no operand is, without a bias, on the calling thread.
    func multiply(
        _ left: UnsafePointer<Float>, _ right: UnsafeMutablePointer<Float>, _ result: UnsafeMutablePointer<Float>,
        packingInto scratch: UnsafeMutableRawPointer, _ compute: Compute
    ) {
        let panels = unsafe packed(UnsafeMutableRawPointer(right), into: scratch)
        unsafe pith_matmul_f32(
            compute.instructionSet.rawValue, rows, columns, depth, left, rowStride, depthStride,
            panels.assumingMemoryBound(to: Float.self), result, columns, nil)
    }

    /// Rows of a piece, at most `Self.rowsPerPiece`, so that all threads get as many pieces and no piece is short.
    private func rowsPerPiece(threads: Int) -> Int {
        let rounds = (rows + Self.rowsPerPiece * threads - 1) / (Self.rowsPerPiece * threads)
        let length = (rows + rounds * threads - 1) / (rounds * threads)
        return (length + Self.rowsMultiple - 1) / Self.rowsMultiple * Self.rowsMultiple
    }

    /// Some rows and columns of the product.
    private func multiply(
        _ memory: KernelMemory, _ right: UnsafeMutableRawPointer, rows: Range<Int>, columns: Range<Int>,
        _ compute: Compute
    ) {
        var epilogue = unsafe pith_matmul_epilogue(
            column_bias: nil, row_bias: nil, activation: activation.rawValue)
        if let values = unsafe memory.optionalFloats(bias) {
            unsafe epilogue.column_bias = UnsafePointer(values + columns.lowerBound)
        }
        let isa = compute.instructionSet.rawValue
        let left = unsafe memory.floats(0) + rows.lowerBound * rowStride
        let result = unsafe memory.floats(output) + rows.lowerBound * self.columns + columns.lowerBound
        switch form {
        case .narrow(let type):
            unsafe pith_narrow_matmul(
                isa, type, rows.count, columns.count, depth, left, rowStride,
                right + pith_narrow_pack_size(type, depth, columns.lowerBound), result, self.columns,
                &epilogue)
        case .palette(let floats):
            let isWide = floats > Int(PITH_PALETTE_SIZE)
            let type = isWide ? PITH_NARROW_WIDE_PALETTE : PITH_NARROW_PALETTE
            let head = Int(isWide ? PITH_WIDE_PALETTE_SIZE : PITH_PALETTE_SIZE) * MemoryLayout<Float>.stride
            let numbers = pith_narrow_pack_size(Int32(type.rawValue), depth, columns.lowerBound)
            var weight = unsafe pith_palette(numbers: right + head + numbers, values: right, floats: floats)
            unsafe pith_palette_matmul(
                isa, rows.count, columns.count, depth, left, rowStride, &weight, result, self.columns, &epilogue)
        case .affine(let groupRows):
            let width = PackedMatrix.paddedColumns(self.columns)
            let scales = unsafe right.assumingMemoryBound(to: Float.self)
            let codes = pith_narrow_pack_size(Int32(PITH_NARROW_I8.rawValue), depth, columns.lowerBound)
            let groups = (depth + groupRows - 1) / groupRows
            var weight = unsafe pith_affine(
                codes: right + groups * width * MemoryLayout<Float>.stride + codes, scales: scales + columns.lowerBound,
                group_rows: groupRows, group_stride: width)
            unsafe pith_affine_matmul(
                isa, rows.count, columns.count, depth, left, rowStride, &weight, result, self.columns, &epilogue)
        case .sparse:
            unsafe epilogue.column_bias = UnsafePointer(memory.optionalFloats(bias))
            unsafe pith_sparse_matmul(
                isa, rows.count, self.columns, depth, left, rowStride, right, columns.lowerBound, columns.upperBound,
                result - columns.lowerBound, self.columns, &epilogue)
        case .wide:
            unsafe pith_matmul_f32(
                isa, rows.count, columns.count, depth, left, rowStride, depthStride,
                right.assumingMemoryBound(to: Float.self) + columns.lowerBound * depth, result, self.columns,
                &epilogue)
        }
    }
}
