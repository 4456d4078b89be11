package import PithGraph

/// A window that slides over planes of one size: the numbers of a `Window` and of the planes, without arrays.
package struct SlidingWindow: Sendable {
    package let height: Int
    package let width: Int
    package let kernelHeight: Int
    package let kernelWidth: Int
    package let strideY: Int
    package let strideX: Int
    package let dilationY: Int
    package let dilationX: Int
    package let padTop: Int
    package let padLeft: Int
    package let outputHeight: Int
    package let outputWidth: Int

    /// - Parameters:
    ///   - window: Of two spatial dimensions, or of one, which is a plane of one row.
    ///   - input: [N, C, H, W] or [N, C, W].
    ///   - output: [N, M, H, W] or [N, M, W].
    package init(_ window: Window, input: Shape, output: Shape) {
        let last = window.kernel.count - 1
        let x = Axis(window, last, input, output)
        let y = last == 0 ? Axis() : Axis(window, 0, input, output)
        (height, width) = (y.extent, x.extent)
        (kernelHeight, kernelWidth) = (y.kernel, x.kernel)
        (strideY, strideX) = (y.stride, x.stride)
        (dilationY, dilationX) = (y.dilation, x.dilation)
        (padTop, padLeft) = (y.pad, x.pad)
        (outputHeight, outputWidth) = (y.output, x.output)
    }

    /// A window along one axis; with the numbers that it has from the start, where there is no such axis.
    private struct Axis {
        var extent = 1
        var kernel = 1
        var stride = 1
        var dilation = 1
        var pad = 0
        var output = 1

        init() {}

        init(_ window: Window, _ axis: Int, _ input: Shape, _ output: Shape) {
            extent = input[2 + axis]
            kernel = window.kernel[axis]
            stride = window.strides[axis]
            dilation = window.dilations[axis]
            pad = window.pads[axis]
            self.output = output[2 + axis]
        }
    }

    /// Whether the kernels take windows over planes of this rank: [N, C, H, W] or [N, C, W].
    static func fits(_ input: Shape) -> Bool { input.rank == 3 || input.rank == 4 }

    /// Output pixels of one plane.
    package var pixels: Int { outputHeight * outputWidth }

    /// Elements of one input plane.
    package var plane: Int { height * width }
}
