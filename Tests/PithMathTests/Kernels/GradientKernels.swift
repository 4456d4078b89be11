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

    /// Two images one after the other, the pieces in two parts.
    static func firstDifferenceOfTaps(isa: Int32) -> String? {
        var values = Values(seed: 22)
        for round in 0..<60 {
            let kernel = round % 5 == 0 ? 4 : [3, 5][round % 2]
            let (channels, filters) = (values.int(1...13), values.int(1...40))
            let (outHeight, outWidth) = (values.int(1...9), values.int(1...9))
            let (height, width) = (outHeight + kernel - 1, outWidth + kernel - 1)
            var conv = pith_conv(
                channels: channels, height: height, width: width, filters: filters, groups: 1, kernel_h: kernel,
                kernel_w: kernel, stride_h: 1, stride_w: 1, dilation_h: 1, dilation_w: 1, pad_top: 0, pad_left: 0,
                out_h: outHeight, out_w: outWidth, activation: 0, pool_2x2: 0)
            let (pixels, taps) = (outHeight * outWidth, kernel * kernel)
            var sums = [Float](repeating: untouched, count: (channels * taps + 1) * filters)
            var expected = [Float](repeating: 0, count: sums.count)
            let kind: ValueKind = [.ordinary, .tiny, .ties][round % 3]
            let units = unsafe pith_conv_weight_gradient_units(&conv)
            let middle = values.int(0...units)
            for image in 0..<2 {
                let x = values.floats(channels * height * width, kind)
                let g = values.floats(pixels * filters, kind)
                var packed = [Float](repeating: 0, count: pith_pack_size(pixels, filters))
                unsafe pith_pack_f32(&packed, g, pixels, filters, filters, 1)
                for part in [0..<middle, middle..<units] {
                    unsafe pith_conv_weight_gradient_f32(
                        isa, &conv, &sums, x, packed, image > 0 ? 1 : 0, part.lowerBound, part.upperBound)
                }
                for row in 0...channels * taps {
                    for (filter, pixel) in (0..<filters).flatMap({ f in (0..<pixels).map { (f, $0) } }) {
                        let (channel, tap) = (row / taps, row % taps)
                        let y = pixel / outWidth + tap / kernel
                        let cell = (channel * height + y) * width + pixel % outWidth + tap % kernel
                        let factor = row == channels * taps ? 1 : x[cell]
                        expected[row * filters + filter].addProduct(factor, g[pixel * filters + filter])
                    }
                }
            }
            if let found = difference(sums.map(canonical), expected.map(canonical)) {
                return "\(channels) channels, \(filters) filters, kernel \(kernel): \(found)"
            }
        }
        return nil
    }
}
