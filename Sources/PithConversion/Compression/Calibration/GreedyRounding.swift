import PithGraph
import PithMath

/// Rounds each weight up or down so that a layer's outputs change least, one weight after another.
///
/// With the inputs x of a column as the original model has them, x' as the compressed one has them, and u the error so
/// far of a channel's outputs, the best value for a weight w is that which takes u + w·x away: <x', u + w·x> / <x', x'>.
/// Of the two levels beside w, as in AdaRound (Nagel et al., arXiv 2004.10568), the one nearer to it is taken, and what is
/// left goes on into u: the greedy path-following quantization of Lybrand and Saab (arXiv 2010.15979), whose error is
/// bounded. A ridge draws the value to w where inputs are few or small, and a channel whose outputs change less with the
/// nearest levels keeps these.
struct GreedyRounding {
    /// The ridge in parts of the mean of <x', x'>.
    private static let ridge: Float = 0.01

    let before: LayerInputs
    let after: LayerInputs

    /// Chooses the levels of a tensor.
    ///
    /// - Parameters:
    ///   - tensor: Its weights are quantized.
    ///   - weights: All as they were, row-major.
    ///   - isChannelFirst: Whether the weights of an output channel follow one another; otherwise they are the columns of
    ///     a matrix.
    func apply(to tensor: inout CompressedTensor, _ weights: [Float], channels: Int, isChannelFirst: Bool) {
        guard case .quantized(var quantized) = tensor.weights, channels > 0 else { return }
        let columns = weights.count / channels
        var places = [Int](repeating: -1, count: weights.count)
        for (index, place) in (tensor.kept ?? Array(weights.indices)).enumerated() { places[place] = index }
        let norms = (0..<columns).map { norm($0) }
        let ridge = Self.ridge * norms.reduce(0, +) / Float(max(columns, 1))
        let nearest = quantized.codes
        for channel in 0..<channels {
            var errors = (plain: Self.zeros(before), chosen: Self.zeros(before))
            func place(_ column: Int) -> Int {
                isChannelFirst ? channel * columns + column : column * channels + channel
            }
            for column in 0..<columns {
                let place = place(column)
                let (weight, index) = (weights[place], places[place])
                add(weight, before, column, to: &errors.plain)
                add(weight, before, column, to: &errors.chosen)
                guard index >= 0 else { continue }
                add(-quantized.level(nearest[index], at: index), after, column, to: &errors.plain)
                let (low, high) = quantized.neighbours(of: weight, at: index)
                if low != high, norms[column] + ridge > 0 {
                    let best = (project(errors.chosen, column) + ridge * weight) / (norms[column] + ridge)
                    let isLow = best - quantized.level(low, at: index) <= quantized.level(high, at: index) - best
                    quantized.setCode(isLow ? low : high, at: index)
                }
                add(-quantized.level(quantized.codes[index], at: index), after, column, to: &errors.chosen)
            }
            guard Self.square(errors.plain) <= Self.square(errors.chosen) else { continue }
            for column in 0..<columns where places[place(column)] >= 0 {
                let index = places[place(column)]
                quantized.setCode(nearest[index], at: index)
            }
        }
        tensor.weights = .quantized(quantized)
    }

    private static func zeros(_ inputs: LayerInputs) -> [LayerInputs.Lanes] {
        [LayerInputs.Lanes](repeating: .zero, count: inputs.columnLanes)
    }

    private static func square(_ error: some Sequence<LayerInputs.Lanes>) -> Float {
        error.reduce(LayerInputs.Lanes.zero) { $0 + $1 * $1 }.sum()
    }

    /// <x', x'>
    private func norm(_ column: Int) -> Float {
        let lanes = after.lanes[(column * after.columnLanes)..<((column + 1) * after.columnLanes)]
        return Self.square(lanes)
    }

    private func project(_ error: [LayerInputs.Lanes], _ column: Int) -> Float {
        let start = column * after.columnLanes
        var sum = LayerInputs.Lanes.zero
        for lane in error.indices { sum += error[lane] * after.lanes[start + lane] }
        return sum.sum()
    }

    private func add(_ factor: Float, _ inputs: LayerInputs, _ column: Int, to error: inout [LayerInputs.Lanes]) {
        let start = column * inputs.columnLanes
        for lane in error.indices { error[lane] += inputs.lanes[start + lane] * factor }
    }
}
