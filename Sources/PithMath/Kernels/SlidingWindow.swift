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
    ///   - window: Of two spatial dimensions.
    ///   - input: [N, C, H, W].
    ///   - output: [N, M, H, W].
    package init(_ window: Window, input: Shape, output: Shape) {
        height = input[2]
        width = input[3]
        kernelHeight = window.kernel[0]
        kernelWidth = window.kernel[1]
        strideY = window.strides[0]
        strideX = window.strides[1]
        dilationY = window.dilations[0]
        dilationX = window.dilations[1]
        padTop = window.pads[0]
        padLeft = window.pads[1]
        outputHeight = output[2]
        outputWidth = output[3]
    }

    /// Output pixels of one plane.
    package var pixels: Int { outputHeight * outputWidth }

    /// Elements of one input plane.
    package var plane: Int { height * width }
}
