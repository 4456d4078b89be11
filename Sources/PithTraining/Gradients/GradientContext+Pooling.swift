import PithGraph
import PithMath

extension GradientContext {
    /// Each window's gradient goes to its winner, the first of the greatest (or the first NaN); an element that wins
    /// several windows adds them up from +0 in ascending output order.
    func maxPool() throws(PithError) -> Tensor {
        let shape = try input(0).shape
        guard shape.rank == 4 else {
            throw PithError(.unsupportedOperation, "MaxPool has a gradient for two spatial dimensions, given \(shape)")
        }
        guard let winners = kept.first else { return Tensor(zeros: shape) }
        return Execution.maxPoolGradient(gradient, winners: winners, input: shape, on: compute)
    }

    /// Each window's gradient, divided by the window's count, goes to its elements inside the image; an element adds
    /// up its windows from +0 in ascending output order.
    func averagePool() throws(PithError) -> Tensor {
        let countsPadding = try attributes.flag(.countIncludePad)
        return try unsafe pooled { geometry, _, g, result in
            let (kernel, pads) = (geometry.window.kernel, geometry.window.pads)
            func positions(_ output: Int, _ axis: Int) -> (inside: [Int], counted: Int) {
                let extent = axis == 0 ? geometry.height : geometry.width
                let all = (0..<kernel[axis]).map { geometry.source(output, $0, axis: axis) }
                let inside = all.filter { $0 >= 0 && $0 < extent }
                return (inside, countsPadding ? all.filter { $0 < extent + pads[axis + 2] }.count : inside.count)
            }
            for oy in 0..<geometry.outHeight {
                let rows = positions(oy, 0)
                for ox in 0..<geometry.outWidth {
                    let columns = positions(ox, 1)
                    let share = unsafe g[oy * geometry.outWidth + ox] / Float(rows.counted * columns.counted)
                    for row in rows.inside {
                        for column in columns.inside { unsafe result[row * geometry.width + column] += share }
                    }
                }
            }
        }
    }

    /// The gradient of a channel's mean, divided by the count, at every position.
    func globalAveragePool() throws(PithError) -> Tensor {
        let shape = try input(0).shape
        let planes = shape[0] * shape[1]
        guard shape.elementCount > 0 else { return Tensor(zeros: shape) }
        let count = shape.elementCount / planes
        var result: [Float] = []
        result.reserveCapacity(shape.elementCount)
        for value in gradient.floats {
            result.append(contentsOf: repeatElement(value / Float(count), count: count))
        }
        return Tensor(result, shape: shape)
    }

    /// Calls a closure for each plane of the input, with its part of input, gradient and result.
    private func pooled(
        _ body: (WindowGeometry, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) throws(PithError) -> Tensor {
        let x = try input(0)
        let window = try Window(
            attributes, kernel: try attributes.ints(.kernelShape, count: 2) ?? [1, 1],
            input: [x.shape[2], x.shape[3]])
        let geometry = WindowGeometry(input: x.shape, output: output.shape, window)
        var result = Tensor(zeros: x.shape)
        unsafe x.withFloatPointer { x in
            unsafe gradient.withFloatPointer { g in
                unsafe result.withMutableFloatPointer { y in
                    compute.pool.forEach(count: geometry.images * geometry.channels) { plane in
                        unsafe body(
                            geometry, x + plane * geometry.pixels, g + plane * geometry.outPixels,
                            y + plane * geometry.pixels)
                    }
                }
            }
        }
        return result
    }
}
