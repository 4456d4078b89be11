import PithGraph
import PithMath

extension GradientContext {
    /// Batch normalisation: in training through mean and variance of the batch, in evaluation with both constant.
    func batchNormalization() throws(PithError) -> [Tensor?] {
        let (x, scale) = (try input(0), try input(1))
        let isTraining = kept.count == 2
        let mean = isTraining ? kept[0] : try input(3)
        let epsilon = try attributes.float(.epsilon)
        let inverse = isTraining ? kept[1] : map(try input(4)) { 1 / ($0 + epsilon).squareRoot() }
        let own = ChannelNormalization(x.shape).gradients(
            gradient, x, mean: mean, inverse: inverse, scale: scale, isOwn: isTraining, needsInput: needs(0),
            on: compute)
        var gradients = [own.input, needs(1) ? own.scale : nil, needs(2) ? own.offset : nil, nil, nil]
        if !isTraining, needs(3) {
            gradients[3] = zipMap(own.offset, zipMap(scale, inverse) { $0 * $1 }) { -($0 * $1) }
        }
        if !isTraining, needs(4) {
            gradients[4] = zipMap(zipMap(own.scale, scale) { $0 * $1 }, zipMap(inverse, inverse) { $0 * $1 }) {
                -0.5 * $0 * $1
            }
        }
        return gradients
    }

    /// Layer normalisation, through mean and variance of each row; scale and offset add up over the rows ascending.
    func layerNormalization() throws(PithError) -> [Tensor?] {
        let (x, scale) = (try input(0), try input(1))
        let axis = try attributes.int(.axis)
        let size = x.shape.dimensions[(axis < 0 ? axis + x.shape.rank : axis)...].reduce(1, *)
        let rows = try NormalizedRows(x, size: size, epsilon: attributes.float(.epsilon), on: compute)
        return try normalization(rows, scale, inputs.count > 2 ? inputs[2] : nil)
    }

    /// Instance normalisation: likewise with the plane of each image's channel as a row.
    func instanceNormalization() throws(PithError) -> [Tensor?] {
        let (x, scale, offset) = (try input(0), try input(1), try input(2))
        let planes = Shape([x.shape[1]] + [Int](repeating: 1, count: x.shape.rank - 2))
        let size = x.shape.dimensions[2...].reduce(1, *)
        let rows = try NormalizedRows(x, size: size, epsilon: attributes.float(.epsilon), on: compute)
        let gradients = try normalization(rows, scale.reshaped(to: planes), offset.reshaped(to: planes))
        return try zip(gradients, inputs).map { gradient, input throws(PithError) in
            guard let gradient, let input else { return nil }
            return try gradient.reshaped(to: input.shape)
        }
    }

    private func normalization(
        _ rows: NormalizedRows, _ scale: Tensor, _ offset: Tensor?
    ) throws(PithError) -> [Tensor?] {
        let factors = Broadcast.expanded(scale, to: gradient.shape)
        return [
            needs(0) ? try rows.inputGradient(zipMap(gradient, factors) { $0 * $1 }) : nil,
            needs(1)
                ? Broadcast.summed(zipMap(gradient, rows.values) { $0 * $1 }, to: scale.shape, on: compute) : nil,
            needs(2) ? offset.map { Broadcast.summed(gradient, to: $0.shape, on: compute) } : nil,
        ]
    }
}
