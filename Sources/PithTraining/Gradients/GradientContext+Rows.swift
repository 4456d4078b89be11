import PithGraph
import PithMath

extension GradientContext {
    /// The full vector-Jacobian product of Softmax along its axis: s · (g - Σ g s), the sum by fused multiply-add from
    /// +0 in ascending index.
    ///
    /// s · (1 - s) · g, the diagonal alone, is not it: every output depends on every input.
    func softmax() throws(PithError) -> [Tensor?] {
        try unsafe alongAxis {
            (s: UnsafePointer<Float>, g: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, n, stride) in
            var dot: Float = 0
            for index in 0..<n { unsafe dot = Float.multiplyAdd(g[index * stride], s[index * stride], dot) }
            for index in 0..<n {
                let at = index * stride
                unsafe y[at] = s[at] * (g[at] - dot)
            }
        }
    }

    /// LogSoftmax along its axis: g - exp(y) · Σ g, the sum from +0 in ascending index.
    func logSoftmax() throws(PithError) -> [Tensor?] {
        try unsafe alongAxis {
            (l: UnsafePointer<Float>, g: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, n, stride) in
            var sum: Float = 0
            for index in 0..<n { unsafe sum += g[index * stride] }
            for index in 0..<n {
                let at = index * stride
                unsafe y[at] = g[at] - Elementary.exp(l[at]) * sum
            }
        }
    }

    private func alongAxis(
        _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int) -> Void
    ) throws(PithError) -> [Tensor?] {
        let output = try output()
        let shape = output.shape
        let given = try attributes.int(.axis)
        let axis = given < 0 ? given + shape.rank : given
        var result = Tensor(zeros: shape)
        guard shape.elementCount > 0 else { return [result] }
        let extent = shape[axis]
        let inner = shape.strides[axis]
        let outer = shape.elementCount / (extent * inner)
        unsafe output.withFloatPointer { s in
            unsafe gradient.withFloatPointer { g in
                unsafe result.withMutableFloatPointer { y in
                    for block in 0..<outer {
                        for column in 0..<inner {
                            let base = block * extent * inner + column
                            unsafe body(s + base, g + base, y + base, extent, inner)
                        }
                    }
                }
            }
        }
        return [result]
    }
}
