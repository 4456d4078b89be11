public import PithGraph
public import PithMath

/// Trains a classifier graph on examples, step by step.
///
///     let trainer = try Trainer(graph: BuiltInModel.cnn.graph(), settings: settings, examples: examples)
///     while !trainer.isFinished { _ = try trainer.step(on: compute) }
///     try trainer.checkpoint().write(to: "mnist.ckpt")
///
/// Graph, settings and examples decide every bit; threads, kernels and interruptions do not.
public final class Trainer {
    /// The graph, in canonical form.
    public let graph: Graph
    /// The settings.
    public let settings: TrainingSettings
    /// What is learnt from, without the examples split off for validation.
    public let examples: TrainingExamples
    /// The examples split off to choose settings by, nil when the settings ask for none.
    public let validation: TrainingExamples?
    /// Tells the examples given, those for validation included, from others.
    let identity: UInt64
    /// The value of each initializer of the graph, in order.
    public internal(set) var parameters: [Tensor]
    /// Steps taken.
    public internal(set) var stepsTaken = 0

    var optimizer: Optimizer
    var average: ParameterAverage?
    /// Draws the order of the examples: one permutation at the start of each epoch.
    var shuffle: RandomStream
    /// Where `shuffle` stood before the permutation of the current epoch.
    var shuffleStart: UInt64 = 0
    var dropout: RandomStream
    private let supply: BatchSupply
    private var isInEpoch = false
    let objective: ClassifierObjective
    /// The shape of one example as the graph takes it.
    let exampleShape: [Int]
    let isTrained: [Bool]
    let teacher: Teacher?
    /// Masks and palettes; nil when the settings ask for none.
    var compressed: CompressedParameters?
    /// Elements of weights that were not zero before the first step.
    var firstNonzeros = 0

    /// What a step gives.
    public struct StepResult: Sendable {
        /// The mean loss of the batch, before the step.
        public let loss: Float
        /// Right answers in the batch, before the step.
        public let correct: Int
        /// Examples in the batch.
        public let count: Int
    }

    /// Starts a training.
    ///
    /// - Parameters:
    ///   - graph: With one input, [batch, features] or [batch, 1, rows, columns], and [batch, classes] as first output.
    ///   - settings: The settings.
    ///   - examples: What to learn from.
    ///   - parameters: First values, one per initializer; nil draws them (`Initialization`).
    ///   - teacher: Whom to learn from when the settings say so.
    /// - Throws: `invalidArgument` for settings out of range, `invalidGraph`, `shapeMismatch`.
    public init(
        graph: Graph, settings: TrainingSettings, examples: TrainingExamples, parameters: [Tensor]? = nil,
        teacher: Teacher? = nil
    ) throws(PithError) {
        try settings.check()
        let graph = try graph.canonical()
        let objective = try ClassifierObjective(graph)
        exampleShape = try graph.exampleShape(height: examples.height, width: examples.width)
        _ = try graph.shapes(forInputs: [Shape([1] + exampleShape)])
        try objective.check(examples)
        try graph.checkIsDifferentiable(to: objective.value)
        try Self.check(settings, teacher, graph)
        self.teacher = teacher
        self.graph = graph
        self.settings = settings
        identity = examples.identity
        (self.examples, validation) = try examples.split(validation: settings.validation, seed: settings.seed)
        let augmenter = PictureAugmenter(
            settings.augmentation, seed: settings.seed, height: examples.height, width: examples.width)
        supply = BatchSupply(
            self.examples, settings.augmentation.isNone ? nil : augmenter, size: settings.batchSize)
        self.objective = objective
        if let parameters {
            self.parameters = parameters
        } else {
            self.parameters = try settings.initialization.values(for: graph, seed: settings.seed)
        }
        isTrained = graph.isTrained
        optimizer = try Optimizer(settings.rule, parameterCount: self.parameters.count)
        average = settings.averageDecay > 0 ? ParameterAverage(decay: settings.averageDecay) : nil
        if let compression = settings.compression, compression.changesParameters {
            compressed = CompressedParameters(self.parameters)
            firstNonzeros = Self.nonzeros(self.parameters)
        }
        let suffix = settings.epochsBefore == 0 ? "" : "/\(settings.epochsBefore)"
        shuffle = RandomStream(seed: settings.seed, name: "shuffle" + suffix)
        dropout = RandomStream(seed: settings.seed, name: "dropout" + suffix)
    }
}

extension Trainer {
    /// Steps of an epoch.
    public var stepsPerEpoch: Int { (examples.count + settings.batchSize - 1) / settings.batchSize }

    /// Steps of the whole training.
    public var totalSteps: Int { stepsPerEpoch * settings.epochs }

    /// Whether all steps are taken.
    public var isFinished: Bool { stepsTaken >= totalSteps }

    /// Epochs completed.
    public var epochsCompleted: Int { stepsTaken / stepsPerEpoch }

    /// The number of numbers that are trained.
    public var parameterCount: Int { zip(parameters, isTrained).reduce(0) { $0 + ($1.1 ? $1.0.count : 0) } }

    /// The moving average of the parameters, nil when the settings ask for none; before the first step the parameters.
    public var averagedParameters: [Tensor]? {
        average.map { $0.values.isEmpty ? parameters : $0.values }
    }

    /// Takes the next step.
    ///
    /// - Throws: `nonFiniteLoss` with the step and the layer, before the parameters change; `unsupportedOperation`
    ///   naming an operator without a gradient.
    public func step(on compute: Compute) throws(PithError) -> StepResult {
        if !isInEpoch {
            shuffleStart = shuffle.position
            supply.begin(
                epoch: settings.epochsBefore + epochsCompleted, order: shuffle.permutation(count: examples.count))
            isInEpoch = true
        }
        compress()
        let (pixels, labels) = supply.batch(stepsTaken % stepsPerEpoch, on: compute)
        let batch = try pixels.reshaped(to: Shape([labels.count] + exampleShape))
        var (result, gradients) = try differentiate(batch, labels, on: compute)
        penalize(&gradients)
        if settings.gradientNorm > 0 { GradientClipping.norm(settings.gradientNorm).apply(to: &gradients, on: compute) }
        let factor = settings.schedule.factor(step: stepsTaken, total: totalSteps)
        let rate = settings.learningRate * factor
        if var changed = compressed {
            compressed = nil
            optimizer.step(&changed, gradients: gradients, rate: rate, on: compute)
            parameters = changed.values
            compressed = changed
        } else {
            optimizer.step(&parameters, gradients: gradients, rate: rate, on: compute)
        }
        average?.update(with: parameters, on: compute)
        stepsTaken += 1
        if stepsTaken % stepsPerEpoch == 0 {
            isInEpoch = false
            shuffleStart = shuffle.position
        }
        return result
    }

    /// The loss and the gradients. What holds the parameters ends with it, so that the step changes them in place.
    private func differentiate(
        _ batch: Tensor, _ labels: [UInt8], on compute: Compute
    ) throws(PithError) -> (StepResult, [Tensor?]) {
        let computation = GradientComputation(
            graph, objective: objective, options: CrossEntropyOptions(labelSmoothing: settings.labelSmoothing),
            shards: settings.shards, distillation: settings.compression?.distillation)
        let result = try computation.run(
            batch, labels: labels.map { Int($0) }, teacher: teacherScores(of: batch, on: compute),
            parameters: parameters, dropout: &dropout, on: compute)
        guard result.loss.isFinite else { throw nonFiniteLoss(result.loss, batch) }
        for (index, statistic) in result.statistics.enumerated() {
            guard let statistic else { continue }
            parameters[index] = statistic
            compressed?.replace(index, with: statistic)
        }
        let correct = result.scores.countMatches(labels)
        return (StepResult(loss: result.loss, correct: correct, count: labels.count), result.gradients)
    }
}

extension Tensor {
    /// Rows whose first greatest element stands at the row's label.
    func countMatches(_ labels: [UInt8]) -> Int {
        let (values, classes) = (floats, shape[1])
        var count = 0
        for (row, label) in labels.enumerated() {
            var best = 0
            for index in 1..<max(classes, 1) where values[row * classes + index] > values[row * classes + best] {
                best = index
            }
            if best == Int(label) { count += 1 }
        }
        return count
    }
}
