import PithGraph
import PithMath

/// Rows that were each brought to mean 0 and variance 1, and the way back.
///
/// Per row, every sum from +0 in ascending order: mean = Σ x / n, var = Σ fma(x - mean, x - mean, ·) / n,
/// r = 1 / √(var + ε), x̂ = (x - mean) · r.
struct NormalizedRows {
    /// x̂.
    let values: Tensor
    private let inverses: [Float]
    private let size: Int

    /// - Parameter size: The elements of a row.
    init(_ x: Tensor, size: Int, epsilon: Float) {
        var values = Tensor(uninitialized: .float32, x.shape)
        var inverses = [Float](repeating: 0, count: size == 0 ? 0 : x.count / size)
        unsafe x.withFloatPointer { x in
            unsafe values.withMutableFloatPointer { y in
                for row in inverses.indices {
                    let range = row * size..<(row + 1) * size
                    var (sum, squares): (Float, Float) = (0, 0)
                    for index in range { unsafe sum += x[index] }
                    let mean = sum / Float(size)
                    for index in range {
                        let distance = unsafe x[index] - mean
                        squares = Float.multiplyAdd(distance, distance, squares)
                    }
                    inverses[row] = 1 / (squares / Float(size) + epsilon).squareRoot()
                    for index in range { unsafe y[index] = (x[index] - mean) * inverses[row] }
                }
            }
        }
        self.values = values
        self.inverses = inverses
        self.size = size
    }

    /// From the gradient h of x̂ to that of x: (h - Σ h / n - x̂ · (Σ fma(h, x̂, ·) / n)) · r.
    func inputGradient(_ gradient: Tensor) -> Tensor {
        var result = Tensor(uninitialized: .float32, gradient.shape)
        let count = Float(size)
        unsafe values.withFloatPointer { x in
            unsafe gradient.withFloatPointer { h in
                unsafe result.withMutableFloatPointer { y in
                    for row in inverses.indices {
                        let range = row * size..<(row + 1) * size
                        var (sum, product): (Float, Float) = (0, 0)
                        for index in range {
                            unsafe sum += h[index]
                            unsafe product = Float.multiplyAdd(h[index], x[index], product)
                        }
                        let (shift, tilt) = (sum / count, product / count)
                        for index in range {
                            unsafe y[index] = (h[index] - shift - x[index] * tilt) * inverses[row]
                        }
                    }
                }
            }
        }
        return result
    }
}
