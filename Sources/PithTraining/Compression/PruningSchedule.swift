/// How many weights are left at each moment of a training: from all to few along a cubic curve, fast at first.
///
/// Source: Zhu and Gupta, "To prune, or not to prune" (2017), whose sparsity is 1 less the share that is left.
public struct PruningSchedule: Sendable, Hashable {
    /// Weights before the first step.
    public let first: Int
    /// Weights in the end.
    public let last: Int
    /// The share of the training, over 0, after which no more are taken away.
    public let end: Double

    /// Creates a schedule.
    public init(from first: Int, to last: Int, end: Double = 1) {
        self.first = first
        self.last = last
        self.end = end
    }

    /// Weights left.
    ///
    /// - Parameter progress: Steps taken over all steps, from 0 to 1.
    public func count(at progress: Double) -> Int {
        let rest = 1 - min(max(progress / end, 0), 1)
        return last + Int((Double(first - last) * rest * rest * rest).rounded(.down))
    }
}
