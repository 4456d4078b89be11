public import PithGraph
public import PithMath

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

extension Tape {
    /// share · T² · cross-entropy(softmax(teacher / T), softmax(scores / T)) + (1 - share) · the classifier's own loss.
    ///
    /// - Parameters:
    ///   - scores: Logits or log-probabilities, [rows, classes].
    ///   - teacher: The teacher's, of the same shape.
    ///   - targets: The true classes.
    ///   - distillation: Share and temperature.
    ///   - objective: Which the classifier's own loss is.
    ///   - options: How that weighs its terms.
    /// - Returns: One element.
    /// - Throws: `shapeMismatch`, `invalidArgument`.
    public func loss(
        of scores: Variable, teacher: Tensor, targets: ClassTargets, _ distillation: Distillation,
        _ objective: ClassifierObjective, options: CrossEntropyOptions = CrossEntropyOptions()
    ) throws(PithError) -> Variable {
        let inverse = Variable(Tensor([Float(1 / distillation.temperature)], shape: []))
        let cooled = try apply(.mul, [:], [Variable(teacher), inverse])
        let soft = try softmaxCrossEntropy(
            logits: try apply(.mul, [:], [scores, inverse]),
            targets: .distribution(try apply(.softmax, [.axis: -1], [cooled])))
        let square = distillation.temperature * distillation.temperature
        let weighted = try apply(.mul, [:], [soft, constant(distillation.share * square)])
        guard distillation.share < 1 else { return weighted }
        let hard = try loss(objective, of: scores, targets: targets, options: options)
        return try apply(.add, [:], [weighted, try apply(.mul, [:], [hard, constant(1 - distillation.share)])])
    }

    private func constant(_ value: Double) -> Variable { Variable(Tensor([Float(value)], shape: [])) }
}
