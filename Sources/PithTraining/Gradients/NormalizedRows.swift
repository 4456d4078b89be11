import PithGraph
import PithMath

/// Rows that were each brought to mean 0 and variance 1, x̂ = (x - mean) · r, and the way back: every row is a channel of
/// one image.
struct NormalizedRows {
    /// x̂.
    let values: Tensor
    private let x: Tensor
    private let shape: Shape
    private let channels: ChannelSums
    private let mean: Tensor
    private let inverse: Tensor
    private let compute: Compute

    /// - Parameter size: The elements of a row.
    init(_ x: Tensor, size: Int, epsilon: Float, on compute: Compute) throws(PithError) {
        let rows: Shape = [1, size == 0 ? 0 : x.count / size, size]
        self.x = try x.reshaped(to: rows)
        self.compute = compute
        shape = x.shape
        channels = ChannelSums(rows)
        let statistics = channels.statistics(of: self.x, on: compute)
        mean = statistics.mean
        inverse = map(statistics.variance) { 1 / ($0 + epsilon).squareRoot() }
        values = try channels.normalized(
            self.x, mean: mean, factor: inverse, offset: Tensor(zeros: mean.shape), on: compute
        ).reshaped(to: shape)
    }

    /// From the gradient h of x̂ to that of x: with the sums of a row,
    /// fma(-(x - mean), Σ fma(h, x - mean, ·) · r · r / n, h - Σ h / n) · r.
    func inputGradient(_ gradient: Tensor) throws(PithError) -> Tensor {
        let h = try gradient.reshaped(to: x.shape)
        let sums = channels.gradientSums(h, x, mean: mean, on: compute)
        let count = Float(channels.count)
        return try channels.inputGradient(
            h, x, mean: mean, factor: inverse, shift: map(sums.gradient) { $0 / count },
            tilt: zipMap(zipMap(sums.product, inverse) { $0 * $1 }, inverse) { $0 * $1 / count }, on: compute
        ).reshaped(to: shape)
    }
}
