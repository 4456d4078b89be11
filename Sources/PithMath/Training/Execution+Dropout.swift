import PithGraph

extension Execution {
    /// Dropout: each element is kept with probability 1 - ratio and then divided by it. One uniform number per element,
    /// in row-major order; kept where the number is not below the ratio.
    ///
    /// - Parameters:
    ///   - ratio: Above 0; from 1 on nothing is kept.
    ///   - stream: Left after what was drawn.
    /// - Returns: The result, and what each element was multiplied by.
    package static func dropout(
        _ x: Tensor, ratio: Float, stream: inout RandomStream, on compute: Compute
    ) -> (output: Tensor, factors: Tensor) {
        let scale: Float = ratio < 1 ? 1 / (1 - ratio) : 0
        var factors = Tensor(uninitialized: .float32, x.shape)
        var output = Tensor(uninitialized: .float32, x.shape)
        let (count, start, length) = (x.count, stream, 1 << 14)
        unsafe x.withFloatPointer { x in
            unsafe factors.withMutableFloatPointer { factors in
                unsafe output.withMutableFloatPointer { y in
                    compute.pool.forEach(count: (count + length - 1) / length) { piece in
                        let first = piece * length
                        var own = RandomStream(
                            seed: start.seed, stream: start.stream, position: start.position &+ UInt64(first))
                        for index in first..<min(first + length, count) {
                            let factor = own.uniform() >= ratio ? scale : 0
                            unsafe factors[index] = factor
                            unsafe y[index] = x[index] * factor
                        }
                    }
                }
            }
        }
        stream = RandomStream(
            seed: start.seed, stream: start.stream, position: start.position &+ UInt64(count))
        return (output, factors)
    }
}
