import CPithKernels
import PithGraph

/// Max and average pooling of planes: operands X and the output.
package struct PoolingKernel: Sendable {
    private let window: SlidingWindow
    private let planes: Int
    private let function: Function

    /// The kernels count columns in 32 bits.
    private static let widest = 1 << 29

    private enum Function: Sendable {
        case max
        /// With the padding after the last row and column.
        case average(bottom: Int, right: Int, countsPadding: Bool)
    }

    init?(_ op: Operator, _ attributes: Attributes, _ input: KernelOperand, output: Shape) throws(PithError) {
        guard SlidingWindow.fits(input.shape), input.shape[input.shape.rank - 1] < Self.widest else { return nil }
        let extents = input.shape.dimensions.dropFirst(2)
        let kernel = try attributes.ints(.kernelShape, count: extents.count) ?? []
        let window = try Window(attributes, kernel: kernel, input: extents.map { Optional($0) })
        self.window = SlidingWindow(window, input: input.shape, output: output)
        planes = output[0] * output[1]
        function =
            op == .maxPool
            ? .max
            : .average(
                bottom: extents.count == 1 ? 0 : window.pads[2], right: window.pads[2 * extents.count - 1],
                countsPadding: try attributes.flag(.countIncludePad))
    }

    var name: String { if case .max = function { "max pooling" } else { "average pooling" } }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let isa = compute.instructionSet.rawValue
        unsafe compute.pool.forEach(count: planes, of: (self, memory, isa)) { work, plane, _ in
            let (kernel, memory, isa) = unsafe work
            let w = kernel.window
            let (x, y) = unsafe (memory.floats(0), memory.floats(1))
            switch kernel.function {
            case .max:
                unsafe pith_maxpool_f32(
                    isa, y + plane * w.pixels, nil, x + plane * w.plane, w.height, w.width, w.kernelHeight,
                    w.kernelWidth, w.strideY, w.strideX, w.dilationY, w.dilationX, w.padTop, w.padLeft,
                    w.outputHeight, w.outputWidth)
            case .average(let bottom, let right, let countsPadding):
                unsafe pith_avgpool_f32(
                    isa, y, x, kernel.planes, plane, w.height, w.width, w.kernelHeight, w.kernelWidth, w.strideY,
                    w.strideX, w.dilationY, w.dilationX, w.padTop, w.padLeft, bottom, right, w.outputHeight,
                    w.outputWidth, countsPadding ? 1 : 0)
            }
        }
    }
}
