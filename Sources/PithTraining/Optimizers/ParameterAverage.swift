import PithGraph
public import PithMath

/// An exponential moving average of parameters, as `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn`:
/// the first update copies, each later one moves the average by 1 - decay towards the parameters.
public struct ParameterAverage: Sendable {
    /// The share of the average that an update keeps.
    public let decay: Double

    /// The averages, in the order of the parameters; empty before the first update.
    public internal(set) var values: [Tensor] = []

    /// Creates an average.
    ///
    /// - Parameter decay: From 0 to 1.
    public init(decay: Double = 0.999) { self.decay = decay }

    /// Takes the parameters in after a step: a = fma(1 - decay, p - a, a).
    ///
    /// - Precondition: Shapes and order are the same at every update.
    /// - Complexity: O(n) in the elements.
    public mutating func update(with parameters: [Tensor], on compute: Compute) {
        guard !values.isEmpty else {
            values = parameters
            return
        }
        precondition(values.count == parameters.count, "the counts differ")
        let share = Float(1 - decay)
        for index in values.indices where values[index].elementType == .float32 {
            values[index].move(towards: parameters[index], share: share, on: compute)
        }
    }
}
