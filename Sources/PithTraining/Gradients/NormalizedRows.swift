import PithGraph
import PithMath

/// Rows that were each brought to mean 0 and variance 1, x̂ = (x - mean) · r, and the way back: every row is a channel of
/// one image.
struct NormalizedRows {
    /// x̂.
    let values: Tensor
    private let x: Tensor
    private let shape: Shape
    private let rows: ChannelNormalization
    private let mean: Tensor
    private let inverse: Tensor
    private let compute: Compute

    /// - Parameter size: The elements of a row.
    init(_ x: Tensor, size: Int, epsilon: Float, on compute: Compute) throws(PithError) {
        let view: Shape = [1, size == 0 ? 0 : x.count / size, size]
        self.x = try x.reshaped(to: view)
        self.compute = compute
        shape = x.shape
        rows = ChannelNormalization(view)
        let normalized = rows.normalized(self.x, scale: nil, offset: nil, epsilon: epsilon, on: compute)
        (mean, inverse) = (normalized.mean, normalized.inverse)
        values = try normalized.output.reshaped(to: shape)
    }

    /// From the gradient h of x̂ to that of x: with the sums of a row,
    /// fma(-(x - mean), Σ fma(h, x - mean, ·) · r · r / n, h - Σ h / n) · r.
    func inputGradient(_ gradient: Tensor) throws(PithError) -> Tensor? {
        let h = try gradient.reshaped(to: x.shape)
        return try rows.gradients(h, x, mean: mean, inverse: inverse, scale: nil, on: compute).input?
            .reshaped(to: shape)
    }
}
