import PithGraph
import PithMath

extension GradientContext {
    /// Each window's gradient goes to its winner, the first of the greatest (or the first NaN); an element that wins
    /// several windows adds them up from +0 in ascending output order.
    func maxPool() throws(PithError) -> [Tensor?] {
        let x = try input(0)
        let planar = try planarView(x)
        guard let winners = kept.first else { return [Tensor(zeros: x.shape)] }
        let result = Execution.maxPoolGradient(
            try planar(gradient), winners: winners, input: planar.shape(x.shape), on: compute)
        return [try result.reshaped(to: x.shape)]
    }

    private func planarView(_ x: Tensor) throws(PithError) -> PlanarView {
        try PlanarView(op, attributes, kernel: attributes.ints(.kernelShape) ?? [], input: x.shape)
    }

    /// Each window's gradient, divided by the window's count, goes to its elements inside the image; an element adds
    /// up its windows from +0 in ascending output order.
    func averagePool() throws(PithError) -> [Tensor?] {
        let countsPadding = try attributes.flag(.countIncludePad)
        return try unsafe pooled { geometry, g, result in
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
    func globalAveragePool() throws(PithError) -> [Tensor?] {
        let shape = try input(0).shape
        let count = Float(shape.dimensions[2...].reduce(1, *))
        return [Broadcast.expanded(map(gradient) { $0 / count }, to: shape)]
    }

    /// The gradient of a channel's greatest element goes to that element, the first of equals or the first NaN.
    func globalMaxPool() throws(PithError) -> [Tensor?] {
        let x = try input(0)
        let size = x.shape.dimensions[2...].reduce(1, *)
        var result = Tensor(zeros: x.shape)
        unsafe x.withFloatPointer { x in
            unsafe gradient.withFloatPointer { g in
                unsafe result.withMutableFloatPointer { y in
                    for plane in 0..<(size == 0 ? 0 : gradient.count) {
                        var winner = plane * size
                        for index in (winner + 1)..<((plane + 1) * size) where unsafe !x[winner].isNaN {
                            if unsafe !(x[index] <= x[winner]) { winner = index }
                        }
                        unsafe y[winner] = g[plane]
                    }
                }
            }
        }
        return [result]
    }

    /// Calls a closure for each plane of the input, with its part of gradient and result.
    private func pooled(
        _ body: (WindowGeometry, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) throws(PithError) -> [Tensor?] {
        let x = try input(0)
        let planar = try planarView(x)
        let shape = planar.shape(x.shape)
        let window = try Window(
            planar.attributes, kernel: try planar.attributes.ints(.kernelShape, count: 2) ?? [1, 1],
            input: [shape[2], shape[3]])
        let geometry = WindowGeometry(input: shape, output: planar.shape(gradient.shape), window)
        var result = Tensor(zeros: x.shape)
        unsafe gradient.withFloatPointer { g in
            unsafe result.withMutableFloatPointer { y in
                compute.pool.forEach(count: geometry.images * geometry.channels) { plane in
                    unsafe body(geometry, g + plane * geometry.outPixels, y + plane * geometry.pixels)
                }
            }
        }
        return [result]
    }
}
