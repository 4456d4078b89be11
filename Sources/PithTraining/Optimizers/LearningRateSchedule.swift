import PithMath

/// How the learning rate changes over the steps of a training, with the formulas of `torch.optim.lr_scheduler`.
///
///     LearningRateSchedule.cosine.warmedUp(over: 200).factor(step: 0, total: 9380)
///
/// As text, for a command line or a checkpoint: `constant`, `linear`, `cosine`, `one-cycle`, `step:1000` or
/// `step:1000:0.5`, any of them after `warm-up:200+`.
public struct LearningRateSchedule: Sendable, Hashable {
    /// What it does after the warm-up.
    public let shape: Shape

    /// Steps at the beginning over which the rate rises in a line from a third of its first value.
    public let warmUp: Int

    /// The shapes of a schedule.
    public enum Shape: Sendable, Hashable {
        /// The same at every step.
        case constant
        /// In a line from the full rate at step 0 down to 0 after the last: `LinearLR` from 1 to 0.
        case linear
        /// Times `factor` after every `every` steps: `StepLR`.
        case step(every: Int, factor: Double)
        /// Along half a period of a cosine from the full rate at step 0 down to 0 after the last: `CosineAnnealingLR`.
        case cosine
        /// Up from 1/25 to the full rate over the first 30 % and down to 1/250,000, along cosines: `OneCycleLR` with
        /// `cycle_momentum=False`.
        case oneCycle
    }

    /// A schedule without warm-up.
    public init(_ shape: Shape) { self.init(shape, warmUp: 0) }

    private init(_ shape: Shape, warmUp: Int) {
        self.shape = shape
        self.warmUp = warmUp
    }

    /// The same at every step.
    public static let constant = Self(.constant)
    /// Down to 0 in a line.
    public static let linear = Self(.linear)
    /// Down to 0 along a cosine.
    public static let cosine = Self(.cosine)
    /// Up and down once.
    public static let oneCycle = Self(.oneCycle)

    /// Down by a factor at times.
    ///
    /// - Parameters:
    ///   - every: Steps between two changes, at least 1.
    ///   - factor: What the rate is multiplied by.
    public static func step(every: Int, factor: Double = 0.1) -> Self { Self(.step(every: every, factor: factor)) }

    /// This schedule after a warm-up: `SequentialLR` of `LinearLR` with PyTorch's first factor, 1/3, and this one, which
    /// then begins at its step 0.
    public func warmedUp(over steps: Int) -> Self { Self(shape, warmUp: steps) }
}

extension LearningRateSchedule {
    private static var firstFactor: Double { 1.0 / 3 }

    /// The factor of the learning rate at a step.
    ///
    /// - Parameters:
    ///   - step: From 0.
    ///   - total: Steps in all, at least 1, the warm-up included.
    public func factor(step: Int, total: Int) -> Double {
        guard step >= warmUp else {
            return Self.firstFactor + (1 - Self.firstFactor) * Double(step) / Double(warmUp)
        }
        let (step, total) = (step - warmUp, max(total - warmUp, 1))
        let progress = Double(step) / Double(total)
        switch shape {
        case .constant: return 1
        case .linear: return 1 - progress
        case .step(let every, let factor):
            var product = 1.0
            for _ in 0..<step / max(every, 1) where product != 0 { product *= factor }
            return product
        case .cosine: return Self.cosine(from: 1, to: 0, progress)
        case .oneCycle: return Self.oneCycle(Double(step), Double(total))
        }
    }

    private static func oneCycle(_ step: Double, _ total: Double) -> Double {
        let (initial, top, final) = (1 / 25.0, 0.3 * total - 1, total - 1)
        if step <= top { return cosine(from: initial, to: 1, top > 0 ? step / top : 1) }
        return cosine(from: 1, to: initial / 1e4, final > top ? (step - top) / (final - top) : 1)
    }

    private static func cosine(from start: Double, to end: Double, _ progress: Double) -> Double {
        end + (start - end) / 2 * (1 + Double(Elementary.cos(Float(Double.pi * progress))))
    }
}
