import PithMath

/// How the learning rate changes over the steps of a training.
public enum LearningRateSchedule: String, Sendable, Hashable, CaseIterable {
    /// The same at every step.
    case constant
    /// From the full rate at step 0 down to 0 after the last, in a line.
    case linear
    /// From the full rate at step 0 down to 0 after the last, along half a period of a cosine.
    case cosine

    /// The factor of the learning rate at a step: 1, 1 - step / total, or (1 + cos(π · step / total)) / 2.
    ///
    /// - Parameters:
    ///   - step: From 0.
    ///   - total: Steps in all, at least 1.
    public func factor(step: Int, total: Int) -> Float {
        let progress = Float(Double(step) / Double(max(total, 1)))
        return switch self {
        case .constant: 1
        case .linear: 1 - progress
        case .cosine: 0.5 * (1 + Elementary.cos(.pi * progress))
        }
    }
}
