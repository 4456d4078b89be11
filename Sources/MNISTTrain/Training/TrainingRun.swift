import PithData
import PithFormat
import PithGraph
import PithMath
import PithTraining

/// A training with what surrounds it: progress, metrics, checkpoints and results.
struct TrainingRun {
    let training: Training
    let data: DigitData
    let compute: Compute
    let path: String
    let output: OutputOptions
    private var progress: Progress
    private var history: History
    private let metrics: Metrics?

    init(
        training: Training, data: DigitData, compute: Compute, path: String, output: OutputOptions
    ) throws(PithError) {
        self.training = training
        let trainer = training.trainer
        self.data = data
        self.compute = compute
        self.path = path
        self.output = output
        metrics = try output.metrics.map { path throws(PithError) in
            try Metrics(path: path, isContinued: training.isContinued)
        }
        history = History(stepsPerEpoch: trainer.stepsPerEpoch, totalSteps: trainer.totalSteps)
        progress = Progress(
            stepsPerEpoch: trainer.stepsPerEpoch, epochs: trainer.settings.epochs, step: trainer.stepsTaken)
    }

    private var trainer: Trainer { training.trainer }

    /// Takes steps until all are taken or a signal asks to stop, and writes checkpoints.
    mutating func train() throws(PithError) {
        if let stage = training.stage { print(stage) }
        print(description)
        if trainer.stepsTaken > 0 { print("resumed at step \(trainer.stepsTaken) of \(trainer.totalSteps)") }
        try metrics?.write(start())
        let interval = output.checkpointEvery ?? trainer.stepsPerEpoch
        while !trainer.isFinished, Interruption.signal == nil {
            let result = try trainer.step(on: compute)
            let step = trainer.stepsTaken
            history.add(step: step, loss: result.loss, correct: result.correct, count: result.count)
            progress.add(step: step, loss: result.loss, correct: result.correct, count: result.count)
            if step % trainer.stepsPerEpoch == 0 { try endEpoch() }
            if step % interval == 0, !trainer.isFinished { try training.checkpoint().write(to: path) }
        }
        progress.finish()
        try training.checkpoint().write(to: path)
    }

    private mutating func endEpoch() throws(PithError) {
        let epoch = trainer.epochsCompleted
        var fields: [(String, JSON)] = [
            ("event", .text("epoch")), ("epoch", .integer(epoch)), ("step", .integer(trainer.stepsTaken)),
            ("loss", .number(progress.loss)), ("accuracy", .number(progress.accuracy)),
            ("imagesPerSecond", .number(progress.rate)), ("seconds", .number(progress.elapsed)),
        ]
        var note = ""
        if let validation = trainer.validation {
            let result = try trainer.evaluate(
                on: validation, weights: trainer.averagedParameters, compute: compute)
            history.validation.append(
                History.Point(epoch: Double(epoch), loss: result.loss, accuracy: result.accuracy))
            fields += [("validationLoss", .number(result.loss)), ("validationAccuracy", .number(result.accuracy))]
            note = "validation \(fixed(100 * result.accuracy, 2)) %"
        }
        progress.endEpoch(epoch, note: note)
        try metrics?.write(fields)
    }

    /// Measures the trained model, prints the results, and writes the report.
    func conclude(weights: SourceOptions.Weights) throws(PithError) {
        let isAveraged = weights == .ema
        let chosen = isAveraged ? trainer.averagedParameters ?? trainer.parameters : trainer.parameters
        print("trained in \(fixed(progress.elapsed, 1)) s")
        var shown: (half: String, examples: TrainingExamples, evaluation: Evaluation)?
        var fields: [(String, JSON)] = [
            ("event", .text("end")), ("step", .integer(trainer.stepsTaken)), ("seconds", .number(progress.elapsed)),
            ("weights", .text(weights.rawValue)),
        ]
        for (half, examples) in [("validation", trainer.validation), ("test", data.test)] {
            guard let examples else { continue }
            let evaluation = try trainer.evaluate(on: examples, weights: chosen, compute: compute)
            print("\(half) accuracy \(fixed(100 * evaluation.accuracy, 2)) %")
            fields += [
                (half + "Accuracy", .number(evaluation.accuracy)), (half + "Loss", .number(evaluation.loss)),
                (half + "Count", .integer(examples.count)), (half + "Correct", .integer(evaluation.correct)),
            ]
            shown = (half, examples, evaluation)
        }
        if let pith = output.pith {
            let bytes = try trainer.model(weights: chosen).encoded()
            try FileIO.writeAtomically(bytes, to: pith)
            print("\(pith): \(bytes.count) bytes")
            fields.append(("bytes", .integer(bytes.count)))
        }
        try metrics?.write(fields)
        if let report = output.report {
            if shown == nil {
                let evaluation = try trainer.evaluate(on: trainer.examples, weights: chosen, compute: compute)
                shown = ("training", trainer.examples, evaluation)
            }
            if let shown { try page(shown.half, shown.examples, shown.evaluation, chosen).write(to: report) }
            print("report \(report)")
        }
        print("checkpoint \(path)")
    }

    private func page(
        _ half: String, _ examples: TrainingExamples, _ evaluation: Evaluation, _ weights: [Tensor]
    ) -> Report {
        Report(
            title: "\(trainer.settings.model), trained by Pith",
            settings: trainer.settings.rows + [("threads", "\(compute.pool.threads)")],
            summary: [
                ("\(half) accuracy", "\(fixed(100 * evaluation.accuracy, 2)) %"),
                ("wrong of \(examples.count)", "\(examples.count - evaluation.correct)"),
                ("\(half) loss", fixed(evaluation.loss, 4)), ("parameters", "\(trainer.parameterCount)"),
                ("seconds of training", fixed(progress.elapsed, 1)),
            ],
            history: history, evaluation: evaluation, examples: examples, half: half, classes: data.classes,
            graph: trainer.graph, parameters: weights)
    }

    private var description: String {
        let settings = trainer.settings
        return "\(settings.model): \(trainer.parameterCount) parameters, \(trainer.examples.count) images, "
            + settings.rows.dropFirst().map { "\($0.name) \($0.value)" }.joined(separator: ", ")
            + ", threads \(compute.pool.threads)"
    }

    private func start() -> [(String, JSON)] {
        [
            ("event", .text("start")), ("step", .integer(trainer.stepsTaken)),
            ("steps", .integer(trainer.totalSteps)), ("images", .integer(trainer.examples.count)),
            ("parameters", .integer(trainer.parameterCount)), ("threads", .integer(compute.pool.threads)),
        ] + trainer.settings.rows.map { ($0.name, .text($0.value)) }
    }
}
