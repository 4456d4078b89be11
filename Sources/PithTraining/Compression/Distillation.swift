/// How a loss is shared between a teacher's answers and the true classes.
///
/// Source: Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network" (2015).
public struct Distillation: Sendable, Hashable {
    /// The teacher's share of the loss, from 0 to 1.
    public var share: Double
    /// What both networks' scores are divided by, over 0; greater ones show more of what the teacher confuses.
    public var temperature: Double

    /// Creates a distillation.
    public init(share: Double = 0.9, temperature: Double = 2) {
        self.share = share
        self.temperature = temperature
    }
}
