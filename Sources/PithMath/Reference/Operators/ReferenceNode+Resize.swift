import PithGraph

extension ReferenceNode {
    func resize() throws(PithError) -> Tensor {
        let mode = try attributes.choice(.mode, of: ["nearest", "linear", "cubic"])
        let axes = try resizedAxes()
        guard mode != "nearest" else { return try nearest(axes) }
        let weights = ResizeWeights(
            isCubic: mode == "cubic", cubic: Double(try attributes.float(.cubicCoefficient)),
            antialias: try attributes.flag(.antialias), excludesOutside: try attributes.flag(.excludeOutside))
        let type = outputs[0].elementType
        if type == .float64 { return try interpolated(Double.self, axes, weights).tensor(of: type) }
        let floats = try interpolated(Float.self, axes, weights)
        guard type.isInteger else { return floats.tensor(of: type) }
        let integers = floats.elements.map { value in
            min(max(SaturatingInteger.int64(value), .least(of: type)), .greatest(of: type))
        }
        return output(0, integers)
    }

    private func resizedAxes() throws(PithError) -> [ResizeAxis] {
        let input = try input(0).shape.dimensions
        let scales = optionalNumbers(2, as: Double.self)?.elements
        let sizes = optional(3).map { $0.count } ?? 0 == 0 ? nil : try integers(3)
        let geometry = try ResizeGeometry(
            attributes, input: input, scales: scales?.isEmpty == true ? nil : scales, sizes: sizes)
        let mode = try attributes.choice(
            .coordinateTransformationMode,
            of: [
                "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
                "tf_crop_and_resize",
            ])
        var regions = [(start: Double, end: Double)](repeating: (0, 1), count: input.count)
        if mode == "tf_crop_and_resize" {
            let roi = optionalNumbers(1, as: Double.self)?.elements ?? []
            guard roi.count == 2 * geometry.axes.count else {
                throw PithError(.shapeMismatch, "roi needs a start and an end per axis")
            }
            for (position, axis) in geometry.axes.enumerated() {
                regions[axis] = (roi[position], roi[position + geometry.axes.count])
            }
        }
        return input.indices.map { axis in
            ResizeAxis(
                input: input[axis], output: geometry.output[axis], scale: geometry.scales[axis], region: regions[axis],
                mode: geometry.axes.contains(axis) ? mode : "asymmetric")
        }
    }

    private func nearest(_ axes: [ResizeAxis]) throws(PithError) -> Tensor {
        let data = try input(0)
        let rounding = try attributes.choice(
            .nearestMode, of: ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
        let strides = data.shape.strides
        let fill = try filling(data.elementType)
        let offsets = axes.indices.map { axis -> [Int?] in
            (0..<axes[axis].output).map { position in
                axes[axis].place(of: position).map { axes[axis].nearest($0, rounding) * strides[axis] }
            }
        }
        return take(from: data, fill: fill) { index in
            var position = 0
            for axis in offsets.indices {
                guard let offset = offsets[axis][index[axis]] else { return nil }
                position += offset
            }
            return position
        }
    }

    /// The bits of the element outside.
    private func filling(_ type: ElementType) throws(PithError) -> UInt64 {
        let value = try attributes.float(.extrapolationValue)
        return type.isFloatingPoint ? value.word(of: type) : SaturatingInteger.int64(value).word(of: type)
    }

    /// One pass per axis, the last axis first; every pass rounds each element's sum.
    private func interpolated<S: Scalar>(
        _ type: S.Type, _ axes: [ResizeAxis], _ weights: ResizeWeights
    ) throws(PithError) -> ReferenceTensor<S> {
        var data: ReferenceTensor<S> = try numbers(0)
        let extrapolation = S(try attributes.float(.extrapolationValue))
        for axis in axes.indices.reversed() {
            let geometry = axes[axis]
            if geometry.output == geometry.input, geometry.scale == 1, geometry.mode != "tf_crop_and_resize" {
                continue
            }
            var extents = data.shape.dimensions
            extents[axis] = geometry.output
            // Larger than input and output where this axis grows and another shrinks.
            let shape = try Shape(checking: extents)
            try TensorStorage.checkRoom(for: shape.elementCount * Reference.elementBytes)
            let (rows, resized) = (AxisRows(data.shape, axis: axis), AxisRows(shape, axis: axis))
            var result = ReferenceTensor<S>(zeros: shape)
            for position in 0..<geometry.output {
                let terms = geometry.place(of: position).map { weights.weights($0, geometry) }
                for row in 0..<rows.count {
                    var sum: S = 0
                    for (index, weight) in terms ?? [] {
                        sum = S.multiplyAdd(S(weight), data.elements[rows.position(index, row)], sum)
                    }
                    result.elements[resized.position(position, row)] = terms == nil ? extrapolation : sum.canonical
                }
            }
            data = result
        }
        return data
    }
}
