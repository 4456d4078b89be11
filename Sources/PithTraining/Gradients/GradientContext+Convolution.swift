import PithGraph
import PithMath

extension GradientContext {
    /// Convolution as matrix products over the whole batch, per group.
    ///
    /// With P output pixels, column n · P + p stands for pixel p of image n, and row (c, ky, kx) for an element of the
    /// window:
    /// - weight: G [M, N P] times columns(X)ᵀ [N P, K]; each element sums over images ascending, then output pixels
    ///   ascending.
    /// - input: Wᵀ [K, M] times G [M, N P], each element summed over filters ascending; then an element of the image
    ///   adds up, from +0, the windows that hold it, in ascending (ky, kx).
    /// - bias: sums over images ascending, then output pixels ascending, from +0.
    func convolution() throws(PithError) -> [Tensor?] {
        let (x, weight) = (try input(0), try input(1))
        let group = try attributes.int(.group)
        let geometry = WindowGeometry(
            input: x.shape, output: output.shape,
            try Window(attributes, kernel: Array(weight.shape.dimensions[2...])))
        let filters = weight.shape[0] / group
        let depth = weight.shape[1] * weight.shape[2] * weight.shape[3]
        var weightGradient = Tensor(zeros: weight.shape)
        var inputGradient = Tensor(zeros: x.shape)
        for index in 0..<group {
            let g = byFilter(geometry, filters: index * filters..<(index + 1) * filters)
            if needs(1) {
                let columns = columns(of: x, geometry, channels: weight.shape[1], from: index * weight.shape[1])
                let product = Execution.matmul(g, columns, transposeB: true, on: compute)
                weightGradient.copy(product, at: index * filters * depth)
            }
            if needs(0) {
                let part = Tensor(
                    Array(weight.floats[index * filters * depth..<(index + 1) * filters * depth]),
                    shape: [filters, depth])
                let product = Execution.matmul(part, transposeA: true, g, on: compute)
                addColumns(
                    product, geometry, channels: weight.shape[1], from: index * weight.shape[1], to: &inputGradient)
            }
        }
        var gradients: [Tensor?] = [needs(0) ? inputGradient : nil, needs(1) ? weightGradient : nil]
        if inputs.count > 2, inputs[2] != nil { gradients.append(needs(2) ? biasGradient(geometry) : nil) }
        return gradients
    }

    /// G from [N, M, P] to [M of the group, N P].
    private func byFilter(_ geometry: WindowGeometry, filters: Range<Int>) -> Tensor {
        let (images, pixels, all) = (geometry.images, geometry.outPixels, output.shape[1])
        var result = Tensor(zeros: [filters.count, images * pixels])
        unsafe gradient.withFloatPointer { source in
            unsafe result.withMutableFloatPointer { target in
                for filter in filters {
                    for image in 0..<images {
                        let from = unsafe source + (image * all + filter) * pixels
                        let to = unsafe target + ((filter - filters.lowerBound) * images + image) * pixels
                        unsafe to.update(from: from, count: pixels)
                    }
                }
            }
        }
        return result
    }

    private func columns(of x: Tensor, _ geometry: WindowGeometry, channels: Int, from first: Int) -> Tensor {
        let (kh, kw) = (geometry.window.kernel[0], geometry.window.kernel[1])
        let (pixels, total) = (geometry.outPixels, geometry.images * geometry.outPixels)
        let (strideX, outWidth) = (geometry.window.strides[1], geometry.outWidth)
        var result = Tensor(zeros: [channels * kh * kw, total])
        unsafe x.withFloatPointer { source in
            unsafe result.withMutableFloatPointer { target in
                compute.pool.forEach(count: geometry.images) { image in
                    for k in 0..<channels * kh * kw {
                        let (channel, ky, kx) = (k / (kh * kw), k / kw % kh, k % kw)
                        let plane = unsafe source + (image * geometry.channels + first + channel) * geometry.pixels
                        let row = unsafe target + k * total + image * pixels
                        let columns = geometry.inside(kx, axis: 1)
                        let shift = geometry.source(0, kx, axis: 1)
                        for oy in geometry.inside(ky, axis: 0) {
                            let line = unsafe plane + geometry.source(oy, ky, axis: 0) * geometry.width
                            let out = unsafe row + oy * outWidth
                            for ox in columns { unsafe out[ox] = line[ox * strideX + shift] }
                        }
                    }
                }
            }
        }
        return result
    }

    private func addColumns(
        _ product: Tensor, _ geometry: WindowGeometry, channels: Int, from first: Int, to result: inout Tensor
    ) {
        let (kh, kw) = (geometry.window.kernel[0], geometry.window.kernel[1])
        let (pixels, total) = (geometry.outPixels, geometry.images * geometry.outPixels)
        let (strideX, outWidth) = (geometry.window.strides[1], geometry.outWidth)
        unsafe product.withFloatPointer { source in
            unsafe result.withMutableFloatPointer { target in
                compute.pool.forEach(count: geometry.images) { image in
                    for k in 0..<channels * kh * kw {
                        let (channel, ky, kx) = (k / (kh * kw), k / kw % kh, k % kw)
                        let plane = unsafe target + (image * geometry.channels + first + channel) * geometry.pixels
                        let row = unsafe source + k * total + image * pixels
                        let columns = geometry.inside(kx, axis: 1)
                        let shift = geometry.source(0, kx, axis: 1)
                        for oy in geometry.inside(ky, axis: 0) {
                            let line = unsafe plane + geometry.source(oy, ky, axis: 0) * geometry.width
                            let from = unsafe row + oy * outWidth
                            for ox in columns { unsafe line[ox * strideX + shift] += from[ox] }
                        }
                    }
                }
            }
        }
    }

    private func biasGradient(_ geometry: WindowGeometry) -> Tensor {
        let (filters, pixels) = (output.shape[1], geometry.outPixels)
        var sums = [Float](repeating: 0, count: filters)
        unsafe gradient.withFloatPointer { source in
            for image in 0..<geometry.images {
                for filter in 0..<filters {
                    var sum = sums[filter]
                    let plane = unsafe source + (image * filters + filter) * pixels
                    for pixel in 0..<pixels { unsafe sum += plane[pixel] }
                    sums[filter] = sum
                }
            }
        }
        return Tensor(sums, shape: [filters])
    }
}

extension Tensor {
    fileprivate mutating func copy(_ part: Tensor, at offset: Int) {
        let count = part.count
        unsafe withMutableFloatPointer { target in
            unsafe part.withFloatPointer { source in unsafe (target + offset).update(from: source, count: count) }
        }
    }
}
