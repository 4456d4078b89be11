/// What decides the result of a training, together with graph and data: equal settings give equal bits.
public struct TrainingSettings: Sendable, Hashable {
    /// The name of the model, for people.
    public var model: String
    /// Passes over the examples.
    public var epochs: Int
    /// Examples per step; the last step of an epoch takes what is left.
    public var batchSize: Int
    /// The learning rate at the start.
    public var learningRate: Float
    /// How it changes.
    public var schedule: LearningRateSchedule
    /// Which rule changes the parameters.
    public var optimizer: OptimizerName
    /// The seed of every random stream.
    public var seed: UInt64
    /// How pictures change from epoch to epoch.
    public var augmentation: Augmentation
    /// How many examples are split off to choose settings by.
    public var validation: Int

    /// The optimizers by name, with PyTorch's defaults and, for sgd, a momentum of 0.9.
    public enum OptimizerName: String, Sendable, Hashable, CaseIterable {
        /// Stochastic gradient descent with momentum 0.9.
        case sgd
        /// Adam.
        case adam

        /// The rule.
        public var kind: Optimizer.Kind { self == .sgd ? .sgd(momentum: 0.9) : .adam() }
    }

    /// Creates settings.
    public init(
        model: String, epochs: Int, batchSize: Int, learningRate: Float, schedule: LearningRateSchedule,
        optimizer: OptimizerName, seed: UInt64, augmentation: Augmentation = .none, validation: Int = 0
    ) {
        self.model = model
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.schedule = schedule
        self.optimizer = optimizer
        self.seed = seed
        self.augmentation = augmentation
        self.validation = validation
    }
}
