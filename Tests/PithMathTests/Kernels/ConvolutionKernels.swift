import CPithKernels

/// One convolution.
struct ConvolutionCase {
    var shape: pith_conv
    var hasBias: Bool
    var kind: ValueKind

    init(values: inout Values, large: Bool) {
        let groups = values.int(0...2) == 0 ? values.int(1...4) : 1
        let window = WindowCase(values: &values, mostChannels: 1, large: large)
        shape = pith_conv(
            channels: groups * values.int(1...4), height: window.height, width: window.width,
            filters: groups * values.int(1...(large ? 40 : 8)), groups: groups, kernel_h: window.kernelH,
            kernel_w: window.kernelW, stride_h: window.strideH, stride_w: window.strideW, dilation_h: window.dilationH,
            dilation_w: window.dilationW, pad_top: window.padTop, pad_left: window.padLeft, out_h: window.outH,
            out_w: window.outW, activation: Int32(values.int(0...1)), pool_2x2: Int32(values.int(0...1)),
            is_far: Int32(values.int(0...1)))
        hasBias = values.int(0...1) == 1
        kind = ValueKind.allCases[values.int(0...ValueKind.allCases.count - 1)]
    }

    static func firstDifference(isa: Int32) -> String? {
        var values = Values(seed: 11)
        for round in 0..<500 {
            let convolution = ConvolutionCase(values: &values, large: round % 3 == 0)
            let difference = convolution.firstDifference(isa: isa, values: &values, atEnd: round % 2 == 0)
            if let difference { return difference }
        }
        // Windows of one cell, which are read where they lie.
        for round in 0..<100 {
            var convolution = ConvolutionCase(values: &values, large: true)
            (convolution.shape.kernel_h, convolution.shape.kernel_w) = (1, 1)
            (convolution.shape.stride_h, convolution.shape.stride_w) = (1, 1)
            (convolution.shape.pad_top, convolution.shape.pad_left) = (0, 0)
            let (height, width) = (convolution.shape.height, convolution.shape.width)
            (convolution.shape.out_h, convolution.shape.out_w) = (height, width)
            if height < 2 || width < 2 { convolution.shape.pool_2x2 = 0 }
            let difference = convolution.firstDifference(isa: isa, values: &values, atEnd: round % 2 == 0)
            if let difference { return difference }
        }
        // More than a block of output rows.
        for pools: Int32 in 0...1 {
            var convolution = ConvolutionCase(values: &values, large: true)
            convolution.shape = pith_conv(
                channels: 12, height: 60, width: 60, filters: 9, groups: 1, kernel_h: 3, kernel_w: 3, stride_h: 1,
                stride_w: 1, dilation_h: 1, dilation_w: 1, pad_top: 1, pad_left: 1, out_h: 60, out_w: 60, activation: 1,
                pool_2x2: pools, is_far: pools)
            let difference = convolution.firstDifference(isa: isa, values: &values, atEnd: true)
            if let difference { return difference }
        }
        return nil
    }

    private func firstDifference(isa: Int32, values: inout Values, atEnd: Bool) -> String? {
        let x = values.floats(shape.channels * shape.height * shape.width, kind)
        let depth = shape.channels / shape.groups * shape.kernel_h * shape.kernel_w
        let weight = values.floats(shape.filters * depth, kind)
        let bias = hasBias ? values.floats(shape.filters, kind) : nil
        var expected = sums(x, weight).enumerated().map { index, sum in
            let biased = bias.map { sum + $0[index / (shape.out_h * shape.out_w)] } ?? sum
            return shape.activation == 1 ? relu(biased) : canonical(biased)
        }
        if shape.pool_2x2 == 1 { expected = pooled(expected) }

        var described = shape
        let rows = shape.pool_2x2 == 1 ? shape.out_h / 2 : shape.out_h
        let guarded = (GuardedFloats(x, atEnd: atEnd), GuardedFloats(weight, atEnd: atEnd))
        let guardedBias = bias.map { GuardedFloats($0, atEnd: atEnd) }
        let scratch = GuardedFloats(untouched: unsafe pith_conv_scratch_size(&described), atEnd: atEnd)
        let y = GuardedFloats(untouched: expected.count, atEnd: atEnd)
        let middle = values.int(0...rows)
        for (first, last) in [(middle, rows), (0, middle)] {
            unsafe pith_conv_f32(
                isa, &described, y.pointer, guarded.0.pointer, guarded.1.pointer, guardedBias?.pointer, scratch.pointer,
                first, last)
        }
        guard let difference = difference(y.floats, expected) else { return nil }
        return "\(self), rows from 0 to \(middle) to \(rows): \(difference)"
    }

    private func sums(_ x: [Float], _ weight: [Float]) -> [Float] {
        let channels = shape.channels / shape.groups, filters = shape.filters / shape.groups
        var sums: [Float] = []
        for filter in 0..<shape.filters {
            for oy in 0..<shape.out_h {
                for ox in 0..<shape.out_w {
                    var sum: Float = 0
                    for c in 0..<channels {
                        let plane = (filter / filters * channels + c) * shape.height
                        for ky in 0..<shape.kernel_h {
                            let y = oy * shape.stride_h - shape.pad_top + ky * shape.dilation_h
                            for kx in 0..<shape.kernel_w {
                                let left = ox * shape.stride_w - shape.pad_left + kx * shape.dilation_w
                                let isInside = (0..<shape.height).contains(y) && (0..<shape.width).contains(left)
                                let k = ((filter * channels + c) * shape.kernel_h + ky) * shape.kernel_w + kx
                                sum = sum.addingProduct(
                                    weight[k], isInside ? x[(plane + y) * shape.width + left] : 0)
                            }
                        }
                    }
                    sums.append(sum)
                }
            }
        }
        return sums
    }

    private func pooled(_ sums: [Float]) -> [Float] {
        var result: [Float] = []
        for filter in 0..<shape.filters {
            for oy in 0..<shape.out_h / 2 {
                for ox in 0..<shape.out_w / 2 {
                    let first = (filter * shape.out_h + 2 * oy) * shape.out_w + 2 * ox
                    let cells = [0, 1, shape.out_w, shape.out_w + 1].map { sums[first + $0] }
                    let greatest = cells.dropFirst().reduce(cells[0]) { $1 > $0 ? $1 : $0 }
                    result.append(cells.contains { $0.isNaN } ? canonicalNaN : greatest)
                }
            }
        }
        return result
    }
}
