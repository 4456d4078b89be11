import CPithKernels

/// The gradients of convolutions and of pooling.
enum GradientCase {
    static let all = [
        KernelCase("pool_pairs", name: "pooling of pairs", firstDifference: firstDifferenceOfPooling),
        KernelCase("pool_pairs_gradient", name: "gradient of pooling pairs", firstDifference: firstDifferenceOfPooling),
        KernelCase("tap_sums", name: "gradient of a convolution's weight", firstDifference: firstDifferenceOfTaps),
    ]

    /// ReLU, then the greatest of four with its place, then the gradients back through both, each as the definition has it.
    static func firstDifferenceOfPooling(isa: Int32) -> String? {
        var values = Values(seed: 21)
        for round in 0..<600 {
            let (height, width, isActivated) = (values.int(1...40), values.int(1...40), round % 2 == 0)
            // Few different values, so that maxima tie.
            let plane = (0..<height * width).map { _ in
                round % 3 == 0 ? values.float(.special) : Float(values.int(-1...1))
            }
            let (rows, columns) = (height / 2, width / 2)
            let g = values.floats(rows * columns, .ordinary)
            let before = isActivated ? plane.map(relu) : plane
            var expected: [Float] = []
            var expectedGradient = [Float](repeating: 0, count: plane.count)
            for output in 0..<rows * columns {
                let first = 2 * (output / columns * width + output % columns)
                let cells = [first, first + 1, first + width, first + width + 1]
                let winner =
                    cells.first { before[$0].isNaN }
                    ?? cells.first { i in cells.allSatisfy { before[$0] <= before[i] } }
                guard let winner else { return "no winner" }
                expected.append(canonical(before[winner]))
                expectedGradient[winner] = !isActivated || before[winner] > 0 ? 0 + g[output] : 0
            }
            var y = [Float](repeating: untouched, count: expected.count + 1)
            var dx = [Float](repeating: untouched, count: plane.count + 1)
            unsafe pith_pool_pairs_f32(isa, &y, plane, height, width, isActivated ? 1 : 0)
            unsafe pith_pool_pairs_gradient_f32(isa, &dx, plane, g, height, width, isActivated ? 1 : 0)
            let found =
                difference(y, expected + [untouched]) ?? difference(dx, expectedGradient + [untouched])
            if let found { return "\(height) × \(width), ReLU \(isActivated): \(found)" }
        }
        return nil
    }

    /// The gradients of a convolution's weight and bias over several images, images and pieces in two parts.
    static func firstDifferenceOfTaps(isa: Int32) -> String? {
        var values = Values(seed: 22)
        for round in 0..<80 {
            let kernel = [3, 5, 3, 5, 4][round % 5]
            // At the end so many images that they are gone through in blocks.
            let isLong = round >= 77
            let (channels, filters) = (values.int(1...26), values.int(isLong ? 1...3 : 1...40))
            let (outHeight, outWidth) = (values.int(1...9), values.int(1...9))
            let (height, width) = (outHeight + kernel - 1, outWidth + kernel - 1)
            var conv = pith_conv(
                channels: channels, height: height, width: width, filters: filters, groups: 1, kernel_h: kernel,
                kernel_w: kernel, stride_h: 1, stride_w: 1, dilation_h: 1, dilation_w: 1, pad_top: 0, pad_left: 0,
                out_h: outHeight, out_w: outWidth, activation: 0, pool_2x2: 0, is_far: 0)
            let (pixels, taps) = (outHeight * outWidth, kernel * kernel)
            let kind: ValueKind = [.ordinary, .tiny, .ties][round % 3]
            let count = isLong ? 1 + (96 << 10) / (channels * height * width) : values.int(1...3)
            let (imageSize, panelSize) = (channels * height * width, pith_pack_size(pixels, filters))
            let x = values.floats(count * (imageSize + 1), kind)
            let g = values.floats(count * pixels * filters, kind)
            var packed = [Float](repeating: 0, count: count * panelSize)
            unsafe packed.withUnsafeMutableBufferPointer { packed in
                unsafe g.withUnsafeBufferPointer { g in
                    guard let to = packed.baseAddress, let from = g.baseAddress else { return }
                    for image in 0..<count {
                        unsafe pith_pack_f32(
                            to + image * panelSize, from + image * pixels * filters, pixels, filters, filters, 1)
                    }
                }
            }
            var sums = [Float](repeating: untouched, count: channels * taps * filters)
            var bias = [Float](repeating: untouched, count: filters)
            let units = unsafe pith_conv_weight_gradient_units(&conv)
            let middle = values.int(0...units)
            // All images at once, or some and then the others.
            let cut = values.int(0...count)
            unsafe x.withUnsafeBufferPointer { x in
                unsafe packed.withUnsafeBufferPointer { packed in
                    guard let x = x.baseAddress, let g = packed.baseAddress else { return }
                    for range in [0..<cut, cut..<count] where !range.isEmpty {
                        let first = range.lowerBound
                        var images = unsafe pith_conv_images(
                            count: range.count, x: x + first * (imageSize + 1), x_pitch: imageSize + 1,
                            g: g + first * panelSize, g_pitch: panelSize, goes_on: first > 0 ? 1 : 0)
                        for part in [0..<middle, middle..<units] {
                            unsafe pith_conv_weight_gradient_f32(
                                isa, &conv, &sums, &images, part.lowerBound, part.upperBound)
                        }
                        unsafe pith_conv_bias_gradient_f32(isa, &conv, &bias, &images)
                    }
                }
            }
            var expected = [Float](repeating: 0, count: sums.count)
            var expectedBias = [Float](repeating: 0, count: filters)
            for (image, pixel) in (0..<count).flatMap({ i in (0..<pixels).map { (i, $0) } }) {
                let slopes = g[((image * pixels + pixel) * filters)...]
                for filter in 0..<filters { expectedBias[filter] += slopes[slopes.startIndex + filter] }
                for row in 0..<channels * taps {
                    let (channel, tap) = (row / taps, row % taps)
                    let y = pixel / outWidth + tap / kernel
                    let cell = (channel * height + y) * width + pixel % outWidth + tap % kernel
                    let factor = x[image * (imageSize + 1) + cell]
                    for filter in 0..<filters {
                        expected[row * filters + filter].addProduct(factor, slopes[slopes.startIndex + filter])
                    }
                }
            }
            let found =
                difference(sums.map(canonical), expected.map(canonical))
                ?? difference(bias.map(canonical), expectedBias.map(canonical))
            if let found {
                return "\(count) images, \(channels) channels, \(filters) filters, kernel \(kernel): \(found)"
            }
        }
        return nil
    }
}
