import CPithKernels
import PithGraph

/// Max pooling of planes: operands X and the output.
package struct MaxPoolingKernel: Sendable {
    private let window: SlidingWindow
    private let planes: Int

    init?(_ attributes: Attributes, _ input: KernelOperand, output: Shape) throws(PithError) {
        guard SlidingWindow.fits(input.shape) else { return nil }
        let extents = input.shape.dimensions.dropFirst(2)
        let kernel = try attributes.ints(.kernelShape, count: extents.count) ?? []
        window = SlidingWindow(
            try Window(attributes, kernel: kernel, input: extents.map { Optional($0) }), input: input.shape,
            output: output)
        planes = output[0] * output[1]
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let isa = compute.instructionSet.rawValue
        unsafe compute.pool.forEach(count: planes, of: (window, memory, isa)) { work, plane, _ in
            let (w, memory, isa) = unsafe work
            unsafe pith_maxpool_f32(
                isa, memory.floats(1) + plane * w.pixels, nil, memory.floats(0) + plane * w.plane, w.height,
                w.width, w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.dilationY, w.dilationX, w.padTop,
                w.padLeft, w.outputHeight, w.outputWidth)
        }
    }
}
