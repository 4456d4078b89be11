import PithGraph

/// Softmax, or its logarithm, along an axis: operands the input and the output, which may be the same memory.
package struct SoftmaxKernel: Sendable {
    private let rows: Int
    private let length: Int
    private let stride: Int
    private let givesLogarithm: Bool

    /// Rows of one piece of work.
    private static let rowsPerPiece = 16

    init(_ op: Operator, _ attributes: Attributes, _ input: KernelOperand) throws(PithError) {
        let axis = AxisRows(input.shape, axis: try attributes.int(.axis))
        (rows, length, stride) = (axis.count, axis.length, axis.stride)
        givesLogarithm = op == .logSoftmax
    }

    var name: String { givesLogarithm ? "log softmax" : "softmax" }

    func run(_ memory: KernelMemory, on compute: Compute) {
        compute.pool.forEach(count: (rows + Self.rowsPerPiece - 1) / Self.rowsPerPiece) { piece in
            for row in piece * Self.rowsPerPiece..<min((piece + 1) * Self.rowsPerPiece, rows) {
                let start = row / stride * stride * length + row % stride
                unsafe run(from: memory.floats(0) + start, to: memory.floats(1) + start)
            }
        }
    }

    /// One row.
    private func run(from x: UnsafeMutablePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        var greatest = -Float.infinity
        var hasNaN = false
        for index in 0..<length {
            let value = unsafe x[index * stride]
            hasNaN = hasNaN || value.isNaN
            greatest = value > greatest ? value : greatest
        }
        guard !hasNaN, greatest.isFinite else {
            for index in 0..<length { unsafe y[index * stride] = Elementary.canonicalNaN }
            return
        }
        var sum: Float = 0
        for index in 0..<length {
            let exponential = unsafe Elementary.exp(x[index * stride] - greatest)
            sum += exponential
            if !givesLogarithm { unsafe y[index * stride] = exponential }
        }
        let logarithm = givesLogarithm ? Elementary.log(sum) : 0
        for index in 0..<length {
            unsafe y[index * stride] =
                givesLogarithm ? (x[index * stride] - greatest) - logarithm : y[index * stride] / sum
        }
    }
}
