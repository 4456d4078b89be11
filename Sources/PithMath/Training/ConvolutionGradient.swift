import CPithKernels
package import PithGraph

/// The gradients of a convolution (`spec/arithmetic-training.md`, "Conv").
package struct ConvolutionGradient {
    private let images: Int
    private let groups: Int
    /// Of one group.
    private let channels: Int
    /// Of one group.
    private let filters: Int
    private let window: Window
    private let input: Shape
    private let output: Shape
    private let compute: Compute

    /// - Parameters:
    ///   - attributes: Those of the convolution, with the table's defaults.
    ///   - input: [N, C, H, W].
    ///   - weight: [M, C/group, KH, KW].
    ///   - output: [N, M, OH, OW].
    package init(
        _ attributes: Attributes, input: Shape, weight: Shape, output: Shape, on compute: Compute
    ) throws(PithError) {
        guard input.rank == 4 else {
            throw PithError(.unsupportedOperation, "Conv has a gradient for two spatial dimensions, given \(input)")
        }
        images = input[0]
        groups = try attributes.int(.group)
        channels = weight[1]
        filters = weight[0] / groups
        window = try Window(attributes, kernel: [weight[2], weight[3]], input: [input[2], input[3]])
        self.input = input
        self.output = output
        self.compute = compute
    }

    private var kernelHeight: Int { window.kernel[0] }
    private var kernelWidth: Int { window.kernel[1] }
    private var taps: Int { kernelHeight * kernelWidth }
    private var pixels: Int { output[2] * output[3] }
}

extension ConvolutionGradient {
    /// The gradients of the weight and of the bias: for each element one sum over the images ascending, then the output
    /// pixels ascending.
    ///
    /// Each thread takes some rows of the weight's gradient through all images, so no sum is ever split.
    package func weightAndBias(_ x: Tensor, _ gradient: Tensor) -> (weight: Tensor, bias: Tensor) {
        var weight = Tensor(uninitialized: .float32, [groups * filters, channels, kernelHeight, kernelWidth])
        var bias = Tensor(uninitialized: .float32, [groups * filters])
        let padded = padded(x)
        let rows = channels * taps
        var sums = Tensor(zeros: [rows + 1, filters])
        for group in 0..<groups {
            let packed = packed(gradient, group: group)
            add(padded, packed, group: group, to: &sums)
            unsafe sums.withFloatPointer { sums in
                unsafe weight.withMutableFloatPointer {
                    unsafe pith_transpose_f32($0 + group * filters * rows, sums, rows, filters)
                }
                unsafe bias.withMutableFloatPointer {
                    unsafe ($0 + group * filters).update(from: sums + rows * filters, count: filters)
                }
            }
        }
        return (weight, bias)
    }

    private func add(_ padded: Tensor, _ packed: Tensor, group: Int, to sums: inout Tensor) {
        let (height, width) = (padded.shape[2], padded.shape[3])
        var conv = pith_conv(
            channels: channels, height: height, width: width, filters: filters, groups: 1, kernel_h: kernelHeight,
            kernel_w: kernelWidth, stride_h: window.strides[0], stride_w: window.strides[1],
            dilation_h: window.dilations[0], dilation_w: window.dilations[1], pad_top: 0, pad_left: 0,
            out_h: output[2], out_w: output[3], activation: 0, pool_2x2: 0)
        let units = unsafe pith_conv_weight_gradient_units(&conv)
        let pieces = min(compute.pool.threads, units)
        let (isa, imageSize, panelSize) = (
            compute.instructionSet.rawValue, height * width * channels, pith_pack_size(pixels, filters)
        )
        unsafe sums.withMutableFloatPointer { sums in
            unsafe padded.withFloatPointer { x in
                unsafe packed.withFloatPointer { g in
                    compute.pool.forEach(count: pieces) { piece in
                        var conv = conv
                        for image in 0..<images {
                            unsafe pith_conv_weight_gradient_f32(
                                isa, &conv, sums, x + (image * groups + group) * imageSize, g + image * panelSize,
                                image > 0 ? 1 : 0, units * piece / pieces, units * (piece + 1) / pieces)
                        }
                    }
                }
            }
        }
    }

    /// A group's part of the output's gradient: for each image the panels of an [OH · OW, filters] matrix.
    private func packed(_ gradient: Tensor, group: Int) -> Tensor {
        let size = pith_pack_size(pixels, filters)
        var result = Tensor(uninitialized: .float32, [images, size])
        unsafe result.withMutableFloatPointer { target in
            unsafe gradient.withFloatPointer { source in
                compute.pool.forEach(count: images) { image in
                    unsafe pith_pack_f32(
                        target + image * size, source + (image * groups + group) * filters * pixels, pixels, filters,
                        1, pixels)
                }
            }
        }
        return result
    }

    /// The images with the padding of +0 around them that the windows read.
    private func padded(_ x: Tensor) -> Tensor {
        let (top, left) = (window.pads[0], window.pads[1])
        guard window.pads.contains(where: { $0 > 0 }) else { return x }
        let shape: Shape = [
            images, input[1], input[2] + top + window.pads[2], input[3] + left + window.pads[3],
        ]
        var result = Tensor(zeros: shape)
        let (height, width, wide, tall) = (input[2], input[3], shape[3], shape[2])
        unsafe result.withMutableFloatPointer { target in
            unsafe x.withFloatPointer { source in
                compute.pool.forEach(count: images * input[1]) { plane in
                    for row in 0..<height {
                        unsafe (target + (plane * tall + row + top) * wide + left).update(
                            from: source + (plane * height + row) * width, count: width)
                    }
                }
            }
        }
        return result
    }
}

extension ConvolutionGradient {
    /// The gradient of the input: the convolution of the output's gradient, with zeros between its elements where the
    /// stride is over 1, by the weight with filters and channels exchanged and the window mirrored.
    package func input(_ weight: Tensor, _ gradient: Tensor) throws(PithError) -> Tensor {
        var pads = [0, 0, 0, 0]
        var cropped = [0, 0, 0, 0]
        var extents = [0, 0]
        for axis in 0..<2 {
            let reach = window.dilations[axis] * (window.kernel[axis] - 1)
            let spread = (output[axis + 2] - 1) * window.strides[axis] + 1
            let (before, after) = (
                reach - window.pads[axis], input[axis + 2] - spread + window.pads[axis]
            )
            (pads[axis], pads[axis + 2]) = (max(before, 0), max(after, 0))
            (cropped[axis], cropped[axis + 2]) = (max(-before, 0), max(-after, 0))
            extents[axis] = spread - cropped[axis] - cropped[axis + 2]
            // Every window lies in the padding.
            guard extents[axis] > 0 else { return Tensor(zeros: input) }
        }
        var attributes: Attributes = [.group: .int(Int64(groups))]
        attributes[.pads] = .ints(pads.map { Int64($0) })
        attributes[.dilations] = .ints(window.dilations.map { Int64($0) })
        attributes = try Operator.conv.defaultedAttributes(attributes)
        let spread = spread(gradient, extents: extents, from: [cropped[0], cropped[1]])
        return try Execution.apply(
            .conv, attributes, [spread, mirrored(weight)], on: compute, outputShapes: [input])[0]
    }

    /// The output's gradient with zeros between its elements, from a position on.
    private func spread(_ gradient: Tensor, extents: [Int], from first: [Int]) -> Tensor {
        guard extents != [output[2], output[3]] || window.strides != [1, 1] else { return gradient }
        let shape: Shape = [images, output[1], extents[0], extents[1]]
        var result = Tensor(zeros: shape)
        let (strideY, strideX) = (window.strides[0], window.strides[1])
        let (outHeight, outWidth) = (output[2], output[3])
        unsafe result.withMutableFloatPointer { target in
            unsafe gradient.withFloatPointer { source in
                compute.pool.forEach(count: images * output[1]) { plane in
                    for oy in 0..<outHeight {
                        let y = oy * strideY - first[0]
                        guard y >= 0, y < extents[0] else { continue }
                        for ox in 0..<outWidth {
                            let x = ox * strideX - first[1]
                            guard x >= 0, x < extents[1] else { continue }
                            unsafe target[(plane * extents[0] + y) * extents[1] + x] =
                                source[(plane * outHeight + oy) * outWidth + ox]
                        }
                    }
                }
            }
        }
        return result
    }

    /// [M, C/group, KH, KW] to [C, M/group, KH, KW], the window from its last element to its first.
    private func mirrored(_ weight: Tensor) -> Tensor {
        var result = Tensor(
            uninitialized: .float32, [groups * channels, filters, kernelHeight, kernelWidth])
        unsafe result.withMutableFloatPointer { target in
            unsafe weight.withFloatPointer { source in
                for group in 0..<groups {
                    for filter in 0..<filters {
                        for channel in 0..<channels {
                            let from = unsafe source + ((group * filters + filter) * channels + channel) * taps
                            let to = unsafe target + ((group * channels + channel) * filters + filter) * taps
                            for tap in 0..<taps { unsafe to[taps - 1 - tap] = from[tap] }
                        }
                    }
                }
            }
        }
        return result
    }
}
