import ArgumentParser
import PithMath
import PithTraining

/// The settings of a training.
struct SettingOptions: ParsableArguments {
    @Option(help: "Passes over the training set (default: mlp 10, lenet5 5, others 10).")
    var epochs: Int?

    @Option(help: "Images per step (default: 64).")
    var batch: Int?

    @Option(
        help:
            "Blocks of a batch that threads compute apart; their number, not that of threads, decides bits (default: 1)."
    )
    var shards: Int?

    @Option(help: "Learning rate, times the schedule's factors (default: sgd and nesterov 0.05, others 0.002).")
    var lr: Double?

    @Option(
        help: "constant, linear, cosine, one-cycle, step:1000 or step:1000:0.5, after warm-up:200+ (default: cosine).")
    var schedule: LearningRateSchedule?

    @Option(help: "sgd, nesterov, adam, adamw or rmsprop, the momentum being 0.9 (default: sgd).")
    var optimizer: TrainingSettings.OptimizerName?

    @Option(help: "The optimizer's weight decay (default: adamw 0.01, others 0).")
    var weightDecay: Double?

    @Option(help: "Share of every target that is spread over all classes (default: 0).")
    var labelSmoothing: Float?

    @Option(help: ArgumentHelp("Greatest norm of all gradients together (default: none).", valueName: "norm"))
    var clip: Double?

    @Option(help: ArgumentHelp("Keeps a moving average of the weights, with this decay.", valueName: "decay"))
    var ema: Double?

    @Option(
        help: ArgumentHelp(
            "Random changes of each picture at each epoch, for example shift=2,rotate=10,scale=0.1,elastic=3.",
            valueName: "changes"))
    var augment: Augmentation?

    @Option(help: "Training images split off, on which accuracy is measured after each epoch (default: 0).")
    var validation: Int?

    @Option(help: "layers (as PyTorch's layers begin), kaiming or xavier (default: layers).")
    var `init`: Initialization?

    @Option(help: "Seed of all random numbers (default: 1).")
    var seed: UInt64?

    @Option(help: "Threads; their number changes no bit of the result (default: all processors).")
    var threads: Int?

    /// The first setting that was given and that a checkpoint has already decided.
    var given: String? {
        let options: [(String, Bool)] = [
            ("--epochs", epochs != nil), ("--batch", batch != nil), ("--shards", shards != nil), ("--lr", lr != nil),
            ("--schedule", schedule != nil), ("--optimizer", optimizer != nil), ("--weight-decay", weightDecay != nil),
            ("--label-smoothing", labelSmoothing != nil), ("--clip", clip != nil), ("--ema", ema != nil),
            ("--augment", augment != nil), ("--validation", validation != nil), ("--init", `init` != nil),
            ("--seed", seed != nil),
        ]
        return options.first { $0.1 }?.0
    }

    /// The first setting that was given and that a recipe decides.
    var givenBesideSeed: String? {
        var others = self
        (others.seed, others.validation) = (nil, nil)
        return others.given
    }

    func check() throws {
        func require(_ condition: Bool, _ message: String) throws {
            guard condition else { throw ValidationError(message) }
        }
        func requireRange(_ value: Int?, _ most: Int, _ option: String) throws {
            try require((1...most).contains(value ?? 1), "\(option) must be 1 to \(most).")
        }
        try requireRange(epochs, TrainingSettings.mostEpochs, "--epochs")
        try requireRange(batch, TrainingSettings.mostExamplesPerStep, "--batch")
        try requireRange(shards, TrainingSettings.mostShards, "--shards")
        try require((lr ?? 1) > 0 && (lr ?? 1).isFinite, "--lr must be above 0.")
        try require((weightDecay ?? 0) >= 0 && (weightDecay ?? 0).isFinite, "--weight-decay must not be below 0.")
        try require((0..<1).contains(labelSmoothing ?? 0), "--label-smoothing must be from 0 to below 1.")
        try require((clip ?? 1) > 0 && (clip ?? 1).isFinite, "--clip must be above 0.")
        try require((0..<1).contains(ema ?? 0), "--ema must be from 0 to below 1.")
        try require((validation ?? 0) >= 0, "--validation must not be below 0.")
        try requireRange(threads, Compute.maximumThreads, "--threads")
    }

    /// The settings, with defaults for a model.
    func settings(for model: BuiltInModel?, name: String) -> TrainingSettings {
        let optimizer = optimizer ?? .sgd
        let isMomentum = optimizer == .sgd || optimizer == .nesterov
        var settings = TrainingSettings(
            model: name, epochs: epochs ?? (model == .lenet5 ? 5 : 10), learningRate: lr ?? (isMomentum ? 0.05 : 0.002))
        settings.batchSize = batch ?? settings.batchSize
        settings.shards = shards ?? settings.shards
        settings.schedule = schedule ?? settings.schedule
        settings.optimizer = optimizer
        settings.weightDecay = weightDecay ?? (optimizer == .adamw ? 0.01 : 0)
        settings.labelSmoothing = labelSmoothing ?? 0
        settings.gradientNorm = clip ?? 0
        settings.averageDecay = ema ?? 0
        settings.augmentation = augment ?? .none
        settings.validation = validation ?? 0
        settings.initialization = `init` ?? .layers
        settings.seed = seed ?? settings.seed
        return settings
    }
}
