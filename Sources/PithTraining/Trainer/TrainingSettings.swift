/// What decides the result of a training, together with graph and data: equal settings give equal bits.
public struct TrainingSettings: Sendable, Hashable {
    /// The name of the model, for people.
    public var model: String
    /// Passes over the examples.
    public var epochs: Int
    /// Examples per step; the last step of an epoch takes what is left.
    public var batchSize = 64
    /// Blocks of a batch whose gradients are computed apart and added in a fixed tree.
    public var shards = 1
    /// The learning rate that the schedule's factors multiply.
    public var learningRate: Double
    /// How it changes.
    public var schedule = LearningRateSchedule.cosine
    /// Which rule changes the parameters.
    public var optimizer = OptimizerName.sgd
    /// The optimizer's weight decay.
    public var weightDecay = 0.0
    /// The share of every target that is spread evenly over the classes.
    public var labelSmoothing: Float = 0
    /// The greatest norm of all gradients together; 0 for no limit.
    public var gradientNorm = 0.0
    /// The decay of the exponential moving average of the parameters; 0 for none.
    public var averageDecay = 0.0
    /// How pictures change from epoch to epoch.
    public var augmentation = Augmentation.none
    /// How many examples are split off to choose settings by.
    public var validation = 0
    /// How the parameters begin, unless their first values are given.
    public var initialization = Initialization.layers
    /// The seed of every random stream.
    public var seed: UInt64 = 1
    /// Epochs of trainings before this one, whose random numbers are not drawn again.
    public var epochsBefore = 0
    /// What becomes of the parameters while they are trained; nil for nothing.
    public var compression: CompressionSettings?

    /// The optimizers by name, with PyTorch's defaults but for the momentum, 0.9.
    public enum OptimizerName: String, Sendable, Hashable, CaseIterable {
        /// Stochastic gradient descent with momentum 0.9.
        case sgd
        /// The same with Nesterov's momentum.
        case nesterov
        /// Adam.
        case adam
        /// Adam with decoupled weight decay.
        case adamw
        /// RMSprop with momentum 0.9.
        case rmsprop
    }

    /// The rule, with its weight decay.
    public var rule: Optimizer.Kind {
        switch optimizer {
        case .sgd: .sgd(momentum: 0.9, weightDecay: weightDecay)
        case .nesterov: .sgd(momentum: 0.9, nesterov: true, weightDecay: weightDecay)
        case .adam: .adam(weightDecay: weightDecay)
        case .adamw: .adamW(weightDecay: weightDecay)
        case .rmsprop: .rmsProp(weightDecay: weightDecay, momentum: 0.9)
        }
    }

    /// Creates settings; what is not named here begins with a default and is set afterwards.
    public init(model: String, epochs: Int, learningRate: Double) {
        self.model = model
        self.epochs = epochs
        self.learningRate = learningRate
    }
}
