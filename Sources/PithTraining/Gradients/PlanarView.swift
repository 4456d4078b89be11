import PithGraph
import PithMath

/// A window over one spatial dimension, seen as one over two whose first extent is 1, so that the kernels for pictures
/// serve; a window over two is taken as it is.
struct PlanarView {
    /// The operator's attributes for two spatial dimensions.
    let attributes: Attributes

    /// - Parameters:
    ///   - attributes: With the table's defaults.
    ///   - kernel: Spatial extents of the window.
    ///   - input: [N, C, W] or [N, C, H, W].
    /// - Throws: `unsupportedOperation` for another rank.
    init(_ op: Operator, _ attributes: Attributes, kernel: [Int], input: Shape) throws(PithError) {
        guard Self.ranks.contains(input.rank) else {
            throw PithError(
                .unsupportedOperation, "\(op.name) has a gradient for one or two spatial dimensions, given \(input)")
        }
        guard input.rank == 3 else {
            self.attributes = attributes
            return
        }
        let window = try Window(attributes, kernel: kernel, input: [input[2]])
        var planar = attributes
        planar[.autoPad] = "NOTSET"
        planar[.kernelShape] = .ints([1, Int64(window.kernel[0])])
        planar[.strides] = .ints([1, Int64(window.strides[0])])
        planar[.dilations] = .ints([1, Int64(window.dilations[0])])
        planar[.pads] = .ints([0, Int64(window.pads[0]), 0, Int64(window.pads[1])])
        self.attributes = planar
    }

    /// The ranks that there are kernels for.
    static let ranks = 3...4

    /// A shape in the view.
    func shape(_ shape: Shape) -> Shape { shape.rank == 3 ? [shape[0], shape[1], 1, shape[2]] : shape }

    /// A tensor in the view.
    func callAsFunction(_ tensor: Tensor) throws(PithError) -> Tensor { try tensor.reshaped(to: shape(tensor.shape)) }
}
