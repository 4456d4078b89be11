import ArgumentParser
import PithData
import PithFormat
import PithGraph
import PithMath
import PithTraining

/// `mnist-train`: trains a network on MNIST, or on a set of the same form, and writes a checkpoint.
@main
struct MNISTTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mnist-train", abstract: "Trains a network on MNIST and writes a checkpoint.",
        discussion: """
            DIR holds the four IDX files of MNIST, gzip or not, or those of a set of the same form such as \
            Fashion-MNIST. Ctrl-C writes a checkpoint that --resume goes on from, with the very bits of a training \
            that was never interrupted.
            """)

    @Option(help: ArgumentHelp("The folder with the data (default: the one that PITH_DATA names).", valueName: "dir"))
    var data: String?

    @Option(help: "mlp (784-300-100-10), lenet5 or cnn (default: cnn).")
    var model: BuiltInModel?

    @Option(help: "Passes over the training set (default: mlp 10, lenet5 5, cnn 10).")
    var epochs: Int?

    @Option(help: "Images per step (default: 64).")
    var batch: Int?

    @Option(help: "Learning rate at the start (default: sgd 0.05, adam 0.002).")
    var lr: Float?

    @Option(help: "constant, linear or cosine (default: cosine).")
    var schedule: LearningRateSchedule?

    @Option(help: "sgd, with momentum 0.9, or adam (default: sgd).")
    var optimizer: TrainingSettings.OptimizerName?

    @Option(
        help: ArgumentHelp(
            "Random changes of each picture at each epoch, for example shift=2,rotate=10,scale=0.1,elastic=4.",
            valueName: "changes"))
    var augment: Augmentation?

    @Option(help: "Training images split off, on which accuracy is measured after each epoch (default: 0).")
    var validation: Int?

    @Option(help: "Seed of all random numbers (default: 1).")
    var seed: UInt64?

    @Option(help: "Threads; their number changes no bit of the result (default: all processors).")
    var threads: Int?

    @Option(help: ArgumentHelp("Where the checkpoint goes (default: mnist-MODEL.ckpt).", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Goes on from a checkpoint, with its settings.", valueName: "file"))
    var resume: String?

    private var directory: String? { data ?? environment("PITH_DATA") }

    func validate() throws {
        guard directory != nil else { throw ValidationError("Name the folder with the data: --data <dir>.") }
        let fixed: [(String, Bool)] = [
            ("--model", model != nil), ("--epochs", epochs != nil), ("--batch", batch != nil), ("--lr", lr != nil),
            ("--schedule", schedule != nil), ("--optimizer", optimizer != nil), ("--seed", seed != nil),
            ("--augment", augment != nil), ("--validation", validation != nil),
        ]
        if resume != nil, let option = fixed.first(where: { $0.1 }) {
            throw ValidationError("\(option.0) cannot be changed with --resume: the checkpoint holds the settings.")
        }
        guard (epochs ?? 1) >= 1, (epochs ?? 1) <= 100_000 else {
            throw ValidationError("--epochs must be 1 to 100000.")
        }
        guard (validation ?? 0) >= 0 else { throw ValidationError("--validation must be at least 0.") }
        guard (batch ?? 1) >= 1, (batch ?? 1) <= 65_536 else { throw ValidationError("--batch must be 1 to 65536.") }
        guard (lr ?? 1) > 0, (lr ?? 1).isFinite else { throw ValidationError("--lr must be above 0.") }
        guard (threads ?? 1) >= 1, (threads ?? 1) <= Compute.maximumThreads else {
            throw ValidationError("--threads must be 1 to \(Compute.maximumThreads).")
        }
    }

    func run() throws {
        do throws(PithError) {
            try train()
        } catch {
            complain("mnist-train: \(error)")
            throw ExitCode(1)
        }
        if let signal = Interruption.signal { throw ExitCode(128 + signal) }
    }

    private func train() throws(PithError) {
        let compute = try Compute(threads: threads ?? processorCount())
        let examples = try load(.train)
        let test = try load(.test)
        let trainer = try makeTrainer(examples)
        let path = out ?? resume ?? "mnist-\(trainer.settings.model).ckpt"
        try checkWritable(path)
        let settings = trainer.settings
        print(
            "\(settings.model): \(trainer.parameterCount) parameters, \(examples.count) images, \(settings.epochs) epochs, "
                + "batch \(settings.batchSize), \(settings.optimizer.rawValue) \(settings.learningRate) "
                + "\(settings.schedule.rawValue), seed \(settings.seed), threads \(compute.pool.threads)")
        if trainer.stepsTaken > 0 { print("resumed at step \(trainer.stepsTaken) of \(trainer.totalSteps)") }
        Interruption.watch()
        var progress = Progress(stepsPerEpoch: trainer.stepsPerEpoch, epochs: settings.epochs)
        while !trainer.isFinished, Interruption.signal == nil {
            let result = try trainer.step(on: compute)
            progress.add(
                step: trainer.stepsTaken, loss: result.loss, correct: result.correct, count: result.count)
            if trainer.stepsTaken % trainer.stepsPerEpoch == 0, !trainer.isFinished {
                try trainer.checkpoint().write(to: path)
            }
        }
        progress.finish()
        try trainer.checkpoint().write(to: path)
        guard trainer.isFinished else {
            complain(
                "mnist-train: interrupted at step \(trainer.stepsTaken) of \(trainer.totalSteps); "
                    + "go on with --resume \(path)")
            return
        }
        if let validation = trainer.validation {
            let accuracy = try trainer.accuracy(on: validation, compute: compute)
            print("validation accuracy \(fixed(100 * accuracy, 2)) %")
        }
        let accuracy = try trainer.accuracy(on: test, compute: compute)
        print("trained in \(fixed(progress.elapsed, 1)) s")
        print("test accuracy \(fixed(100 * accuracy, 2)) %")
        print("checkpoint \(path)")
    }

    private func makeTrainer(_ examples: TrainingExamples) throws(PithError) -> Trainer {
        if let resume {
            do throws(PithError) {
                return try Trainer(resuming: ModelFile.read(from: resume, expecting: .checkpoint), examples: examples)
            } catch {
                throw error.located(in: .file(resume))
            }
        }
        let model = model ?? .cnn
        let optimizer = optimizer ?? .sgd
        let settings = TrainingSettings(
            model: model.rawValue, epochs: epochs ?? (model == .lenet5 ? 5 : 10), batchSize: batch ?? 64,
            learningRate: lr ?? (optimizer == .adam ? 0.002 : 0.05), schedule: schedule ?? .cosine,
            optimizer: optimizer, seed: seed ?? 1, augmentation: augment ?? .none, validation: validation ?? 0)
        return try Trainer(graph: model.graph(), settings: settings, examples: examples)
    }

    private func load(_ part: ImageSet.Part) throws(PithError) -> TrainingExamples {
        let set = try ImageSet.load(directory: directory ?? ".", part)
        return try TrainingExamples(pixels: set.images, labels: set.labels, height: set.rows, width: set.columns)
    }
}
