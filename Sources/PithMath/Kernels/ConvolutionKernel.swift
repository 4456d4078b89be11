import CPithKernels
import PithGraph

/// A convolution with a bias per filter: operands X, W, the bias if there is one, and the output.
///
/// For each image, group and piece of the output, the patches are laid out as panels, and the weights are multiplied by
/// them. The memory for patches is bounded by the weight of one group, not by the image.
package struct ConvolutionKernel: Sendable {
    private let window: SlidingWindow
    private let images: Int
    private let groups: Int
    /// Of one group.
    private let channels: Int
    /// Of one group.
    private let filters: Int
    private let bias: Int?
    private let output: Int
    private let activation: Fusion.Activation

    /// Output pixels of one piece of work at most, and floats of its patches: what the second cache holds.
    private static let pixelsPerPiece = 256
    private static let floatsPerPiece = 1 << 16

    init?(
        _ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape, fusion: Fusion
    ) throws(PithError) {
        guard inputs.count > 1, let input = inputs[0], let weight = inputs[1], weight.isPlainFloat,
            input.shape.rank == 4
        else { return nil }
        bias = inputs.count > 2 && inputs[2] != nil ? 2 : nil
        self.output = inputs.count
        window = SlidingWindow(
            try Window(attributes, kernel: [weight.shape[2], weight.shape[3]]), input: input.shape, output: output)
        images = output[0]
        groups = try attributes.int(.group)
        channels = weight.shape[1]
        filters = weight.shape[0] / groups
        activation = fusion.activation
    }

    var name: String { "convolution by patches" }

    /// The extent that each output element sums over.
    private var depth: Int { channels * window.kernelHeight * window.kernelWidth }

    /// Output pixels of one piece of work: whole panels, at least one.
    private var pixelsPerPiece: Int {
        let width = Int(PITH_PANEL_WIDTH)
        return max(1, min(Self.pixelsPerPiece, Self.floatsPerPiece / max(depth, 1)) / width) * width
    }

    var scratchBytes: Int {
        pith_pack_size(depth, min(pixelsPerPiece, window.pixels)) * MemoryLayout<Float>.stride
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let length = pixelsPerPiece
        let pieces = (window.pixels + length - 1) / length
        let stride = Kernel.convolution(self).scratchBytes
        compute.pool.forEach(count: images * pieces) { piece, thread in
            let first = piece % pieces * length
            let patches = unsafe (memory.scratch + thread * stride).assumingMemoryBound(to: Float.self)
            for group in 0..<groups {
                unsafe convolve(
                    memory, image: piece / pieces, group: group, pixels: first..<min(first + length, window.pixels),
                    patches, compute.instructionSet.rawValue)
            }
        }
    }

    private func convolve(
        _ memory: KernelMemory, image: Int, group: Int, pixels: Range<Int>, _ patches: UnsafeMutablePointer<Float>,
        _ isa: Int32
    ) {
        let w = window
        let source = unsafe memory.floats(0) + (image * groups + group) * channels * w.plane
        unsafe pith_im2col_pack_f32(
            isa, patches, source, channels, w.height, w.width, w.kernelHeight, w.kernelWidth, w.strideY, w.strideX,
            w.dilationY, w.dilationX, w.padTop, w.padLeft, w.outputHeight, w.outputWidth, pixels.lowerBound,
            pixels.upperBound)
        let filter = group * filters
        var epilogue = unsafe pith_matmul_epilogue(
            column_bias: nil, row_bias: nil, activation: activation.rawValue)
        if let values = unsafe memory.optionalFloats(bias) {
            unsafe epilogue.row_bias = UnsafePointer(values + filter)
        }
        let result = unsafe memory.floats(output) + (image * groups * filters + filter) * w.pixels + pixels.lowerBound
        unsafe pith_matmul_f32(
            isa, filters, pixels.count, depth, memory.floats(1) + filter * depth, depth, 1, patches, result,
            w.pixels, &epilogue)
    }
}
