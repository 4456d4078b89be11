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

    static func convolution(
        _ attributes: Attributes, _ input: Tensor, _ weight: Tensor, bias: Tensor?, _ shape: Shape,
        on compute: Compute
    ) throws(PithError) -> Tensor {
        let geometry = try ConvolutionShape(attributes, input: input.shape, weight: weight.shape, output: shape)
        var result = Tensor(zeros: shape)
        let isa = compute.instructionSet.rawValue
        let (depth, pixels, filters) = (geometry.depth, geometry.pixels, geometry.filters)
        unsafe result.withMutableFloatPointer { output in
            unsafe weight.withFloatPointer { weights in
                compute.pool.forEach(count: shape[0]) { image in
                    for group in 0..<geometry.groups {
                        let packed = columns(of: input, image: image, group: group, geometry, isa: isa)
                        let filter = group * filters
                        var epilogue = unsafe pith_matmul_epilogue(column_bias: nil, row_bias: nil, activation: 0)
                        if let bias { unsafe epilogue.row_bias = bias.withFloatPointer { unsafe $0 + filter } }
                        unsafe packed.withFloatPointer { columns in
                            unsafe pith_matmul_f32(
                                isa, filters, pixels, depth, weights + filter * depth, depth, 1, columns,
                                output + (image * shape[1] + filter) * pixels, pixels, &epilogue)
                        }
                    }
                }
            }
        }
        return result
    }

    /// The patches of one image and group as a packed matrix: `depth` rows, a column for each output pixel.
    package static func columns(
        of input: Tensor, image: Int, group: Int, _ geometry: ConvolutionShape, isa: Int32
    ) -> Tensor {
        let window = geometry.window
        var packed = Tensor(zeros: [pith_pack_size(geometry.depth, geometry.pixels)])
        let plane = geometry.height * geometry.width
        let first = (image * geometry.groups + group) * geometry.channels * plane
        unsafe packed.withMutableFloatPointer { destination in
            unsafe input.withFloatPointer { source in
                unsafe pith_im2col_pack_f32(
                    isa, destination, source + first, geometry.channels, geometry.height, geometry.width,
                    window.kernel[0], window.kernel[1], window.strides[0], window.strides[1], window.dilations[0],
                    window.dilations[1], window.pads[0], window.pads[1], geometry.outputHeight, geometry.outputWidth,
                    0, geometry.pixels)
            }
        }
        return packed
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

    /// Add, Sub or Mul of two tensors of one shape.
    static func elementwise(_ op: Operator, _ left: Tensor, _ right: Tensor, on compute: Compute) -> Tensor {
        var result = Tensor(zeros: left.shape)
        let isa = compute.instructionSet.rawValue
        let count = left.count
        unsafe result.withMutableFloatPointer { output in
            unsafe left.withFloatPointer { a in
                unsafe right.withFloatPointer { b in
                    switch op {
                    case .sub: unsafe pith_sub_f32(isa, output, a, b, count)
                    case .mul: unsafe pith_mul_f32(isa, output, a, b, count)
                    default: unsafe pith_add_f32(isa, output, a, b, count)
                    }
                }
            }
        }
        return result
    }
}
