import CPithKernels
import PithGraph

/// Max pooling of planes: operands X and the output.
package struct MaxPoolingKernel: Sendable {
    private let window: SlidingWindow
    private let planes: Int

    init?(_ attributes: Attributes, _ input: KernelOperand, output: Shape) throws(PithError) {
        guard input.shape.rank == 4 else { return nil }
        window = SlidingWindow(
            try Window(
                attributes, kernel: try attributes.ints(.kernelShape, count: 2) ?? [],
                input: [input.shape[2], input.shape[3]]), input: input.shape, output: output)
        planes = output[0] * output[1]
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let w = window
        let (source, output) = unsafe (memory.floats(0), memory.floats(1))
        compute.pool.forEach(count: planes) { plane in
            unsafe pith_maxpool_f32(
                compute.instructionSet.rawValue, output + plane * w.pixels, nil, source + plane * w.plane, w.height,
                w.width, w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.dilationY, w.dilationX, w.padTop,
                w.padLeft, w.outputHeight, w.outputWidth)
        }
    }
}
