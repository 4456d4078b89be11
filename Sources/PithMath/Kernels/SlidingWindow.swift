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
        let x = window.kernel.count - 1
        let isRow = x == 0
        height = isRow ? 1 : input[2]
        width = input[2 + x]
        kernelHeight = isRow ? 1 : window.kernel[0]
        kernelWidth = window.kernel[x]
        strideY = isRow ? 1 : window.strides[0]
        strideX = window.strides[x]
        dilationY = isRow ? 1 : window.dilations[0]
        dilationX = window.dilations[x]
        padTop = isRow ? 0 : window.pads[0]
        padLeft = window.pads[x]
        outputHeight = isRow ? 1 : output[2]
        outputWidth = output[2 + x]
    }

    /// Whether the kernels take windows over planes of this rank: [N, C, H, W] or [N, C, W].
    static func fits(_ input: Shape) -> Bool { input.rank == 3 || input.rank == 4 }

    /// Output pixels of one plane.
    package var pixels: Int { outputHeight * outputWidth }

    /// Elements of one input plane.
    package var plane: Int { height * width }
}
