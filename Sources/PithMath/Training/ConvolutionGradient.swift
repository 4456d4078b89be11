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
    /// Pieces of the weight's gradient for each thread: each goes through all images, so many would read them often.
    private static let piecesPerThread = 2

    /// Floats of gradients that are packed at once: some images, not the whole batch a second time.
    private static let floatsPerBlock = 1 << 19

    /// The gradients of the weight and, if asked, of the bias: for each element one sum over the images ascending, then the
    /// output pixels ascending. Each thread takes elements of its own through all images, so no sum is ever split.
    package func weightAndBias(_ x: Tensor, _ gradient: Tensor, needsBias: Bool) -> (weight: Tensor, bias: Tensor?) {
        let rows = channels * taps
        var sums = Tensor(zeros: [groups, rows, filters])
        var bias = Tensor(zeros: [groups * filters])
        let most = Self.floatsPerBlock / (groups * pith_pack_size(pixels, filters) + 1) + 1
        for first in stride(from: 0, to: images, by: most) {
            let block = first..<min(first + most, images)
            let (padded, packed) = (padded(x, block), packed(gradient, block))
            unsafe sums.withMutableFloatPointer { sums in
                unsafe bias.withMutableFloatPointer { bias in
                    unsafe (padded ?? x).withFloatPointer { source in
                        let start = unsafe padded == nil ? source + first * input.elementCount / images : source
                        unsafe add(block, start, packed, weight: sums, bias: needsBias ? bias : nil)
                    }
                }
            }
        }
        var weight = Tensor(uninitialized: .float32, [groups * filters, channels, kernelHeight, kernelWidth])
        unsafe weight.withMutableFloatPointer { weight in
            unsafe sums.withFloatPointer { sums in
                for first in stride(from: 0, to: groups * filters * rows, by: max(filters * rows, 1)) {
                    unsafe pith_transpose_f32(weight + first, sums + first, rows, filters)
                }
            }
        }
        return (weight, needsBias ? bias : nil)
    }

    /// Goes on with the sums by a block of images.
    ///
    /// - Parameters:
    ///   - x: The block's first image, with the padding.
    ///   - packed: What `packed` gives for the block.
    ///   - weight: [groups, channels · taps, filters].
    ///   - bias: [groups, filters].
    private func add(
        _ block: Range<Int>, _ x: UnsafePointer<Float>, _ packed: Tensor, weight: UnsafeMutablePointer<Float>,
        bias: UnsafeMutablePointer<Float>?
    ) {
        let (height, width) = (paddedExtent(0), paddedExtent(1))
        var conv = pith_conv(
            channels: channels, height: height, width: width, filters: filters, groups: 1, kernel_h: kernelHeight,
            kernel_w: kernelWidth, stride_h: window.strides[0], stride_w: window.strides[1],
            dilation_h: window.dilations[0], dilation_w: window.dilations[1], pad_top: 0, pad_left: 0,
            out_h: output[2], out_w: output[3], activation: 0, pool_2x2: 0, is_far: 0)
        let units = unsafe pith_conv_weight_gradient_units(&conv)
        let (isa, elements, total) = (compute.instructionSet.rawValue, channels * taps * filters, groups * units)
        let pieces = compute.pool.threads == 1 ? 1 : min(total, compute.pool.threads * Self.piecesPerThread)
        let (imageSize, panelSize) = (channels * height * width, pith_pack_size(pixels, filters))
        let all = unsafe pith_conv_images(
            count: block.count, x: x, x_pitch: groups * imageSize, g: packed.withFloatPointer { unsafe $0 },
            g_pitch: groups * panelSize, goes_on: block.lowerBound > 0 ? 1 : 0)
        let biases = unsafe bias == nil ? 0 : groups
        compute.pool.forEach(count: pieces + biases) { piece in
            var conv = conv
            guard piece < pieces else {
                guard let bias = unsafe bias else { return }
                var images = unsafe all
                unsafe images.g += (piece - pieces) * panelSize
                return unsafe pith_conv_bias_gradient_f32(isa, &conv, bias + (piece - pieces) * filters, &images)
            }
            var unit = total * piece / pieces
            let end = total * (piece + 1) / pieces
            while unit < end {
                let group = unit / units
                let last = min(end, (group + 1) * units)
                var images = unsafe all
                unsafe images.x += group * imageSize
                unsafe images.g += group * panelSize
                unsafe pith_conv_weight_gradient_f32(
                    isa, &conv, weight + group * elements, &images, unit - group * units, last - group * units)
                unit = last
            }
        }
        withExtendedLifetime(packed) {}
    }

    /// The output's gradient: for each image of a block and group the panels of an [OH · OW, filters] matrix.
    private func packed(_ gradient: Tensor, _ block: Range<Int>) -> Tensor {
        let size = pith_pack_size(pixels, filters)
        var result = Tensor(uninitialized: .float32, [block.count, groups, size])
        let (filters, pixels) = (filters, pixels)
        unsafe result.withMutableFloatPointer { target in
            unsafe gradient.withFloatPointer { all in
                let source = unsafe all + block.lowerBound * groups * filters * pixels
                compute.pool.forEachRange(of: block.count * groups) { range in
                    for matrix in range {
                        unsafe pith_pack_f32(
                            target + matrix * size, source + matrix * filters * pixels, pixels, filters, 1, pixels)
                    }
                }
            }
        }
        return result
    }

    /// The input's extent along a spatial axis with its padding.
    private func paddedExtent(_ axis: Int) -> Int { input[axis + 2] + window.pads[axis] + window.pads[axis + 2] }

    /// The images of a block with the padding of +0 around them that the windows read; nil where there is none.
    private func padded(_ x: Tensor, _ block: Range<Int>) -> Tensor? {
        let (top, left) = (window.pads[0], window.pads[1])
        guard window.pads.contains(where: { $0 > 0 }) else { return nil }
        let (height, width) = (input[2], input[3])
        let (tall, wide) = (paddedExtent(0), paddedExtent(1))
        var result = Tensor(uninitialized: .float32, [block.count, input[1], tall, wide])
        unsafe result.withMutableFloatPointer { target in
            unsafe x.withFloatPointer { all in
                let source = unsafe all + block.lowerBound * input[1] * height * width
                compute.pool.forEachRange(of: block.count * input[1]) { range in
                    let area = tall * wide
                    unsafe (target + range.lowerBound * area).update(repeating: 0, count: range.count * area)
                    for plane in range {
                        for row in 0..<height {
                            unsafe (target + (plane * tall + row + top) * wide + left).update(
                                from: source + (plane * height + row) * width, count: width)
                        }
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
        let (outHeight, outWidth, height, width) = (output[2], output[3], extents[0], extents[1])
        let (top, left) = (first[0], first[1])
        unsafe result.withMutableFloatPointer { target in
            unsafe gradient.withFloatPointer { source in
                compute.pool.forEachRange(of: images * output[1] * outHeight) { range in
                    for row in range {
                        let (plane, y) = (row / outHeight, row % outHeight * strideY - top)
                        guard y >= 0, y < height else { continue }
                        for ox in 0..<outWidth {
                            let x = ox * strideX - left
                            guard x >= 0, x < width else { continue }
                            unsafe target[(plane * height + y) * width + x] = source[row * outWidth + ox]
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
        let (channels, filters, taps) = (channels, filters, taps)
        unsafe result.withMutableFloatPointer { target in
            unsafe weight.withFloatPointer { source in
                compute.pool.forEachRange(of: groups * filters) { range in
                    for filter in range {
                        let (group, own) = (filter / filters, filter % filters)
                        for channel in 0..<channels {
                            let from = unsafe source + (filter * channels + channel) * taps
                            let to = unsafe target + ((group * channels + channel) * filters + own) * taps
                            for tap in 0..<taps { unsafe to[taps - 1 - tap] = from[tap] }
                        }
                    }
                }
            }
        }
        return result
    }
}
