import PithData
import PithFormat
import PithGraph
import PithMath
import PithTraining

/// A training with what surrounds it: progress, metrics, checkpoints and results.
struct TrainingRun {
    private(set) var training: Training
    let data: DigitData
    let compute: Compute
    let path: String
    let output: OutputOptions
    private var progress: Progress
    private var history: History
    private let metrics: Metrics?
    private let start = ContinuousClock.now

    init(
        training: Training, data: DigitData, compute: Compute, path: String, output: OutputOptions
    ) throws(PithError) {
        self.training = training
        self.data = data
        self.compute = compute
        self.path = path
        self.output = output
        metrics = try output.metrics.map { path throws(PithError) in
            try Metrics(path: path, isContinued: training.isContinued)
        }
        history = History(epochs: training.epochs)
        progress = Progress(training.trainer)
    }

    private var trainer: Trainer { training.trainer }

    /// Seconds since the start, of all stages.
    private var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// Goes to the next stage, false when there is none.
    mutating func advance() throws(PithError) -> Bool {
        guard try training.advance() else { return false }
        progress = Progress(trainer)
        return true
    }

    /// Takes steps until all are taken or a signal asks to stop, and writes checkpoints.
    mutating func train() throws(PithError) {
        if let stage = training.stage { print("stage \(stage.number) of \(stage.count), \(stage.name)") }
        print(description)
        if trainer.stepsTaken > 0 { print("resumed at step \(trainer.stepsTaken) of \(trainer.totalSteps)") }
        try metrics?.write(beginning)
        history.begin(stepsPerEpoch: trainer.stepsPerEpoch, epochsBefore: trainer.settings.epochsBefore)
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
        let epochOfAll = Double(trainer.settings.epochsBefore + epoch)
        var accuracy = progress.accuracy
        var fields: [(String, JSON)] = [
            ("event", .text("epoch")), ("epoch", .integer(epoch)), ("step", .integer(trainer.stepsTaken)),
            ("loss", .number(progress.loss)), ("accuracy", .number(progress.accuracy)),
            ("imagesPerSecond", .number(progress.rate)), ("seconds", .number(elapsed)),
        ]
        var note = ""
        if let validation = trainer.validation {
            let result = try trainer.evaluate(
                on: validation, weights: trainer.averagedParameters, compute: compute)
            history.validation.append(History.Point(epoch: epochOfAll, loss: result.loss, accuracy: result.accuracy))
            accuracy = result.accuracy
            fields += [("validationLoss", .number(result.loss)), ("validationAccuracy", .number(result.accuracy))]
            note = "validation \(fixed(100 * result.accuracy, 2)) %  "
        }
        if let stage = training.stage, output.metrics != nil || output.report != nil {
            let bytes = try trainer.model(weights: trainer.averagedParameters).encoded().count
            history.sizes.append(History.Size(epoch: epochOfAll, bytes: bytes, accuracy: accuracy))
            fields += [
                ("stage", .integer(stage.number)), ("stageName", .text(stage.name)), ("bytes", .integer(bytes)),
            ]
            note += "\(bytes) bytes  "
        }
        progress.endEpoch(epoch, note: note)
        try metrics?.write(fields)
    }

    /// Measures the trained model, prints the results, and writes the report.
    func conclude(weights: SourceOptions.Weights) throws(PithError) {
        let isAveraged = weights == .ema
        let chosen = isAveraged ? trainer.averagedParameters ?? trainer.parameters : trainer.parameters
        let seconds = elapsed
        print("trained in \(fixed(seconds, 1)) s")
        var shown: (half: String, examples: TrainingExamples, evaluation: Evaluation)?
        var fields: [(String, JSON)] = [
            ("event", .text("end")), ("step", .integer(trainer.stepsTaken)), ("seconds", .number(seconds)),
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
        if let missing = data.missing { print("not tested: \(missing)") }
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
            if let shown { try page(shown.half, shown.examples, shown.evaluation, chosen, seconds).write(to: report) }
            print("report \(report)")
        }
        print("checkpoint \(path)")
    }

    private func page(
        _ half: String, _ examples: TrainingExamples, _ evaluation: Evaluation, _ weights: [Tensor], _ seconds: Double
    ) -> Report {
        Report(
            title: "\(trainer.settings.model), trained by Pith",
            settings: trainer.settings.rows + [("threads", "\(compute.pool.threads)")]
                + (training.recipe.map { [("recipe", $0)] } ?? []),
            summary: [
                ("\(half) accuracy", "\(fixed(100 * evaluation.accuracy, 2)) %"),
                ("wrong of \(examples.count)", "\(examples.count - evaluation.correct)"),
                ("\(half) loss", fixed(evaluation.loss, 4)), ("parameters", "\(trainer.parameterCount)"),
                ("seconds of training", fixed(seconds, 1)),
            ] + (history.sizes.last.map { [("bytes of the file", "\($0.bytes)")] } ?? []),
            history: history, evaluation: evaluation, examples: examples, half: half, classes: data.classes,
            graph: trainer.graph, parameters: weights)
    }

    private var description: String {
        let settings = trainer.settings
        return "\(settings.model): \(trainer.parameterCount) parameters, \(trainer.examples.count) images, "
            + settings.rows.dropFirst().map { "\($0.name) \($0.value)" }.joined(separator: ", ")
            + ", threads \(compute.pool.threads)"
    }

    private var beginning: [(String, JSON)] {
        [
            ("event", .text("start")), ("step", .integer(trainer.stepsTaken)),
            ("steps", .integer(trainer.totalSteps)), ("images", .integer(trainer.examples.count)),
            ("parameters", .integer(trainer.parameterCount)), ("threads", .integer(compute.pool.threads)),
        ] + trainer.settings.rows.map { ($0.name, .text($0.value)) }
    }
}
