import CPithKernels

extension Tensor {
    /// Each element moves a share of the way to another tensor's: y = fma(share, x - y, y).
    ///
    /// - Precondition: The shapes are equal.
    package mutating func move(towards other: Tensor, share: Float, on compute: Compute) {
        precondition(shape == other.shape, "the shapes differ")
        let count = self.count
        unsafe withMutableFloatPointer { y in
            unsafe other.withFloatPointer { x in
                unsafe pith_lerp_f32(compute.instructionSet.rawValue, y, x, share, count)
            }
        }
    }

    /// Multiplies each element.
    package mutating func scale(by factor: Float, on compute: Compute) {
        let count = self.count
        unsafe withMutableFloatPointer { y in
            unsafe pith_scale_f32(compute.instructionSet.rawValue, y, y, factor, count)
        }
    }

    /// The sum of the squares in float64, as sixteen sums (`spec/arithmetic-training.md`, "Clipping").
    package func sumOfSquares(on compute: Compute) -> Double {
        unsafe withFloatPointer { unsafe pith_sum_of_squares_f32(compute.instructionSet.rawValue, $0, count) }
    }
}
