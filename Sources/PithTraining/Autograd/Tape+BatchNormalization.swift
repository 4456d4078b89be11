import PithGraph
import PithMath

extension Tape {
    /// Batch normalisation in training: by mean and variance of the batch, per channel; the running statistics move
    /// towards them by 1 - momentum, the variance as PyTorch has it, divided by the count less one.
    ///
    /// - Throws: `invalidArgument` for a single number per channel, which has no variance.
    func batchNormalization(_ attributes: Attributes, _ inputs: [Variable?]) throws(PithError) -> Variable {
        guard inputs.count == 5, let x = inputs[0], let scale = inputs[1], let offset = inputs[2],
            let mean = inputs[3], let variance = inputs[4]
        else { throw PithError(.invalidGraph, "an input of BatchNormalization is missing") }
        let channels = ChannelNormalization(x.value.shape)
        guard channels.count > 1 else {
            throw PithError(
                .invalidArgument, "batch normalisation of one number per channel, in training",
                advice: "take more examples per step")
        }
        let batch = try channels.normalized(
            x.value, scale: scale.value, offset: offset.value, epsilon: attributes.float(.epsilon), on: compute)
        let momentum = try attributes.float(.momentum)
        let correction = Float(channels.count) / Float(channels.count - 1)
        noteStatistic(mean, zipMap(mean.value, batch.mean) { momentum * $0 + (1 - momentum) * $1 })
        noteStatistic(
            variance, zipMap(variance.value, batch.variance) { momentum * $0 + (1 - momentum) * ($1 * correction) })
        let application = Application(op: .batchNormalization, attributes: attributes, inputs: inputs)
        return record(application, batch.output, kept: [batch.mean, batch.inverse])
    }
}
