import PithGraph
import PithMath

extension GradientContext {
    /// Batch normalisation: in training through mean and variance of the batch, in evaluation with both constant.
    func batchNormalization() throws(PithError) -> [Tensor?] {
        let (x, scale) = (try input(0), try input(1))
        let channels = ChannelSums(x.shape)
        let isTraining = kept.count == 2
        let mean = isTraining ? kept[0] : try input(3)
        let epsilon = try attributes.float(.epsilon)
        let inverse = isTraining ? kept[1] : map(try input(4)) { 1 / ($0 + epsilon).squareRoot() }
        let sums = channels.gradientSums(gradient, x, mean: mean, on: compute)
        let factor = zipMap(scale, inverse) { $0 * $1 }
        let slope = zipMap(sums.product, inverse) { $0 * $1 }
        var gradients: [Tensor?] = [nil, needs(1) ? slope : nil, needs(2) ? sums.gradient : nil, nil, nil]
        let count = Float(channels.count)
        if needs(0) {
            let none = Tensor(zeros: mean.shape)
            let shift = isTraining ? map(sums.gradient) { $0 / count } : none
            let tilt = isTraining ? zipMap(slope, inverse) { $0 * $1 / count } : none
            gradients[0] = channels.inputGradient(
                gradient, x, mean: mean, factor: factor, shift: shift, tilt: tilt, on: compute)
        }
        if !isTraining, needs(3) { gradients[3] = zipMap(sums.gradient, factor) { -($0 * $1) } }
        if !isTraining, needs(4) {
            gradients[4] = zipMap(zipMap(slope, scale) { $0 * $1 }, zipMap(inverse, inverse) { $0 * $1 }) {
                -0.5 * $0 * $1
            }
        }
        return gradients
    }
}
