import CPithKernels
package import PithGraph

extension Execution {
    /// The geometry of a convolution over one image.
    package struct ConvolutionShape {
        package let window: Window
        package let groups: Int
        package let channels: Int
        package let height: Int
        package let width: Int
        package let filters: Int
        package let outputHeight: Int
        package let outputWidth: Int

        package init(
            _ attributes: Attributes, input: Shape, weight: Shape, output: Shape
        ) throws(PithError) {
            window = try Window(attributes, kernel: [weight[2], weight[3]])
            groups = try attributes.int(.group)
            channels = input[1] / groups
            height = input[2]
            width = input[3]
            filters = weight[0] / groups
            outputHeight = output[2]
            outputWidth = output[3]
        }

        /// The extent that a product of the convolution sums over.
        package var depth: Int { channels * window.kernel[0] * window.kernel[1] }

        /// Output pixels of one image.
        package var pixels: Int { outputHeight * outputWidth }
    }

    /// Output pixels of one piece of work at most, and floats of its patches: what the second cache holds.
    private static let pixelsPerPiece = 256
    private static let floatsPerPiece = 1 << 16

    /// For each image, group and piece of the output: lays the patches out as panels and multiplies the weights by them.
    ///
    /// The memory for patches is bounded by the weight of one group, not by the image.
    static func convolution(
        _ attributes: Attributes, _ input: Tensor, _ weight: Tensor, bias: Tensor?, _ shape: Shape,
        on compute: Compute
    ) throws(PithError) -> Tensor {
        let geometry = try ConvolutionShape(attributes, input: input.shape, weight: weight.shape, output: shape)
        var result = Tensor(zeros: shape)
        let isa = compute.instructionSet.rawValue
        let (depth, pixels, filters) = (geometry.depth, geometry.pixels, geometry.filters)
        let width = Int(PITH_PANEL_WIDTH)
        let length = max(1, min(pixelsPerPiece, floatsPerPiece / max(depth, 1)) / width) * width
        let pieces = (pixels + length - 1) / length
        unsafe result.withMutableFloatPointer { output in
            unsafe weight.withFloatPointer { weights in
                compute.pool.forEach(count: shape[0] * pieces) { piece in
                    let image = piece / pieces
                    let first = piece % pieces * length
                    let last = min(first + length, pixels)
                    var patches = Tensor(zeros: [pith_pack_size(depth, last - first)])
                    for group in 0..<geometry.groups {
                        layOut(input, image: image, group: group, pixels: first..<last, geometry, isa, in: &patches)
                        let filter = group * filters
                        var epilogue = unsafe pith_matmul_epilogue(column_bias: nil, row_bias: nil, activation: 0)
                        if let bias { unsafe epilogue.row_bias = bias.withFloatPointer { unsafe $0 + filter } }
                        unsafe patches.withFloatPointer { columns in
                            unsafe pith_matmul_f32(
                                isa, filters, last - first, depth, weights + filter * depth, depth, 1, columns,
                                output + (image * shape[1] + filter) * pixels + first, pixels, &epilogue)
                        }
                    }
                }
            }
        }
        return result
    }

    /// Writes the patches of some output pixels of one image and group as panels: `depth` rows, a column a pixel.
    private static func layOut(
        _ input: Tensor, image: Int, group: Int, pixels: Range<Int>, _ geometry: ConvolutionShape, _ isa: Int32,
        in patches: inout Tensor
    ) {
        let window = geometry.window
        let plane = geometry.height * geometry.width
        let first = (image * geometry.groups + group) * geometry.channels * plane
        unsafe patches.withMutableFloatPointer { destination in
            unsafe input.withFloatPointer { source in
                unsafe pith_im2col_pack_f32(
                    isa, destination, source + first, geometry.channels, geometry.height, geometry.width,
                    window.kernel[0], window.kernel[1], window.strides[0], window.strides[1], window.dilations[0],
                    window.dilations[1], window.pads[0], window.pads[1], geometry.outputHeight, geometry.outputWidth,
                    pixels.lowerBound, pixels.upperBound)
            }
        }
    }

    /// Max pooling, and for each output the position in its plane of the element that won.
    package static func maxPool(
        _ attributes: Attributes, _ input: Tensor, _ shape: Shape, on compute: Compute
    ) throws(PithError) -> (output: Tensor, winners: [Int32]) {
        let window = try Window(attributes, kernel: try attributes.ints(.kernelShape, count: 2) ?? [])
        var result = Tensor(zeros: shape)
        let isa = compute.instructionSet.rawValue
        let (height, width) = (input.shape[2], input.shape[3])
        let size = shape[2] * shape[3]
        var winners = [Int32](repeating: 0, count: shape.elementCount)
        unsafe winners.withUnsafeMutableBufferPointer { winners in
            guard let indices = winners.baseAddress else { return }
            unsafe result.withMutableFloatPointer { output in
                unsafe input.withFloatPointer { source in
                    compute.pool.forEach(count: shape[0] * shape[1]) { plane in
                        unsafe pith_maxpool_f32(
                            isa, output + plane * size, indices + plane * size, source + plane * height * width,
                            height, width, window.kernel[0], window.kernel[1], window.strides[0], window.strides[1],
                            window.dilations[0], window.dilations[1], window.pads[0], window.pads[1], shape[2],
                            shape[3])
                    }
                }
            }
        }
        return (result, winners)
    }

    static func relu(_ input: Tensor, on compute: Compute) -> Tensor {
        var result = Tensor(zeros: input.shape)
        let count = input.count
        unsafe result.withMutableFloatPointer { output in
            unsafe input.withFloatPointer { source in
                unsafe pith_relu_f32(compute.instructionSet.rawValue, output, source, count)
            }
        }
        return result
    }

    /// Add, Sub or Mul where each operand has the result's shape or repeats along its outer dimensions; else nil.
    static func elementwise(
        _ op: Operator, _ left: Tensor, _ right: Tensor, _ shape: Shape, on compute: Compute
    ) -> Tensor? {
        let count = min(left.count, right.count)
        guard repeats(left, in: shape), repeats(right, in: shape), max(left.count, right.count) == shape.elementCount
        else { return nil }
        var result = Tensor(zeros: shape)
        let isa = compute.instructionSet.rawValue
        let (leftStep, rightStep) = (left.count > count ? count : 0, right.count > count ? count : 0)
        unsafe result.withMutableFloatPointer { output in
            unsafe left.withFloatPointer { a in
                unsafe right.withFloatPointer { b in
                    for row in 0..<(shape.elementCount / count) {
                        let y = unsafe output + row * count
                        let (a, b) = unsafe (a + row * leftStep, b + row * rightStep)
                        switch op {
                        case .sub: unsafe pith_sub_f32(isa, y, a, b, count)
                        case .mul: unsafe pith_mul_f32(isa, y, a, b, count)
                        default: unsafe pith_add_f32(isa, y, a, b, count)
                        }
                    }
                }
            }
        }
        return result
    }

    /// Whether broadcasting repeats the whole operand, as it does a bias: its extents, without leading ones, are the
    /// last ones of the result.
    private static func repeats(_ operand: Tensor, in shape: Shape) -> Bool {
        let own = Array(operand.shape.dimensions.drop { $0 == 1 })
        return own.count <= shape.rank && own == Array(shape.dimensions.suffix(own.count))
    }
}
