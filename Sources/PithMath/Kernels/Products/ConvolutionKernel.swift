import CPithKernels
import PithGraph

/// A convolution with a bias per filter: operands X, W, the bias if there is one, and the output.
package struct ConvolutionKernel: Sendable {
    private let geometry: pith_conv
    private let images: Int
    private let bias: Int?
    private let output: Int

    /// Rows of one image's output, and elements of it.
    private let rows: Int
    private let elements: Int

    init?(
        _ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape, fusion: Fusion
    ) throws(PithError) {
        guard inputs.count > 1, let input = inputs[0], let weight = inputs[1], weight.isPlainFloat,
            SlidingWindow.fits(input.shape), weight.shape.elementCount > 0
        else { return nil }
        bias = inputs.count > 2 && inputs[2] != nil ? 2 : nil
        self.output = inputs.count
        let extents = Array(input.shape.dimensions.dropFirst(2))
        let window = try Window(
            attributes, kernel: Array(weight.shape.dimensions.dropFirst(2)), input: extents.map { Optional($0) })
        var unpooled = [output[0], weight.shape[0]]
        for (axis, extent) in extents.enumerated() { unpooled.append(try window.outputExtent(extent, axis: axis)) }
        let sliding = SlidingWindow(window, input: input.shape, output: Shape(unpooled))
        guard Self.fits(sliding, channels: weight.shape[1], filters: weight.shape[0], fusion) else { return nil }
        images = output[0]
        rows = extents.count == 1 ? 1 : output[2]
        elements = output.dimensions.dropFirst().reduce(1, *)
        geometry = pith_conv(
            channels: input.shape[1], height: sliding.height, width: sliding.width, filters: weight.shape[0],
            groups: try attributes.int(.group), kernel_h: sliding.kernelHeight, kernel_w: sliding.kernelWidth,
            stride_h: sliding.strideY, stride_w: sliding.strideX, dilation_h: sliding.dilationY,
            dilation_w: sliding.dilationX, pad_top: sliding.padTop, pad_left: sliding.padLeft,
            out_h: sliding.outputHeight, out_w: sliding.outputWidth, activation: fusion.activation.rawValue,
            pool_2x2: fusion.poolsPairs ? 1 : 0, is_far: input.shape.elementCount >= Self.farElements ? 1 : 0)
    }

    /// Floats of scratch memory for a row of the output beyond which the reference computes it.
    private static let mostScratch = 0x1p30

    /// Whether a row of the output needs no more, by no less than `pith_conv_scratch_size` gives; in doubles, which do not
    /// overflow.
    private static func fits(_ sliding: SlidingWindow, channels: Int, filters: Int, _ fusion: Fusion) -> Bool {
        let columns = Double(sliding.outputWidth)
        let seen = Double(sliding.kernelHeight - 1) * Double(sliding.dilationY) + 1 + Double(sliding.strideY)
        let wide = Double(sliding.kernelWidth - 1) * Double(sliding.dilationX) + 1 + columns * Double(sliding.strideX)
        let copies = Double(channels) * Double(sliding.kernelWidth) * max(seen, 2 * Double(sliding.kernelHeight))
        let scratch = copies * columns + seen * wide + Double(filters) * columns
        return scratch * (fusion.poolsPairs ? 2 : 1) <= mostScratch
    }

    /// Elements of all images that the second-level cache of no usual core holds.
    private static let farElements = 1 << 18

    var name: String { geometry.pool_2x2 == 1 ? "convolution, pooling" : "convolution" }

    var scratchBytes: Int {
        var geometry = geometry
        return unsafe pith_conv_scratch_size(&geometry) * MemoryLayout<Float>.stride
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        // Whole images where there are enough of them for all threads, else also rows.
        let threads = compute.pool.threads
        let pieces = images >= 2 * threads || threads == 1 ? 1 : min(rows, 2 * threads)
        let stride = Kernel.convolution(self).scratchBytes
        let isa = compute.instructionSet.rawValue
        unsafe compute.pool.forEach(count: images * pieces, of: (self, memory, isa, pieces, stride)) {
            work, piece, thread in
            let (kernel, memory, isa, pieces, stride) = unsafe work
            let (image, part) = (piece / pieces, piece % pieces)
            var geometry = kernel.geometry
            let imageSize = geometry.channels * geometry.height * geometry.width
            unsafe pith_conv_f32(
                isa, &geometry, memory.floats(kernel.output) + image * kernel.elements,
                memory.floats(0) + image * imageSize, memory.floats(1), memory.optionalFloats(kernel.bias),
                (memory.scratch + thread * stride).assumingMemoryBound(to: Float.self), kernel.rows * part / pieces,
                kernel.rows * (part + 1) / pieces)
        }
    }
}
