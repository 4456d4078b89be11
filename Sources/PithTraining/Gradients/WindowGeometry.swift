import PithGraph
import PithMath

/// The sizes of a convolution or pooling over images [N, C, H, W].
struct WindowGeometry {
    let images: Int
    let channels: Int
    let height: Int
    let width: Int
    let outHeight: Int
    let outWidth: Int
    let window: Window

    init(input: Shape, output: Shape, _ window: Window) {
        images = input[0]
        channels = input[1]
        height = input[2]
        width = input[3]
        outHeight = output[2]
        outWidth = output[3]
        self.window = window
    }

    var pixels: Int { height * width }
    var outPixels: Int { outHeight * outWidth }

    /// The row or column of the image under an element of a window; may lie outside.
    @inline(__always)
    func source(_ output: Int, _ offset: Int, axis: Int) -> Int {
        output * window.strides[axis] + offset * window.dilations[axis] - window.pads[axis]
    }

    /// Those positions along an axis of the output whose element `offset` of the window lies inside the image.
    func inside(_ offset: Int, axis: Int) -> Range<Int> {
        let extent = axis == 0 ? height : width
        let outExtent = axis == 0 ? outHeight : outWidth
        let (stride, shift) = (window.strides[axis], offset * window.dilations[axis] - window.pads[axis])
        let lower = shift >= 0 ? 0 : (-shift + stride - 1) / stride
        let upper = extent - 1 - shift < 0 ? 0 : (extent - 1 - shift) / stride + 1
        return lower..<max(lower, min(upper, outExtent))
    }
}
