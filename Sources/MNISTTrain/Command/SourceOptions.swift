import ArgumentParser
import PithData
import PithFormat
import PithGraph
import PithMath
import PithTraining

/// Data, and where graph and first weights come from.
struct SourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder with the data (default: the one that PITH_DATA names).", valueName: "dir"))
    var data: String?

    @Option(
        help: "mlp (784-300-100-10), lenet5, lenet5-caffe, cnn (under 10,000 parameters) or cnn-large (default: cnn).")
    var model: BuiltInModel?

    @Option(
        help: ArgumentHelp(
            "Trains the graph in a text file, as 'pith inspect --graph text' prints it.", valueName: "file"))
    var graph: String?

    @Option(help: ArgumentHelp("Goes on from the graph and the weights of a model or checkpoint.", valueName: "file"))
    var from: String?

    @Option(help: "Whose weights --from takes and the results are of: last, or ema, the moving average.")
    var weights: Weights = .last

    @Option(help: ArgumentHelp("Goes on from a checkpoint, with its settings.", valueName: "file"))
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "Trains a network to be small by a recipe, as those in samples/compress.", valueName: "recipe"))
    var compress: String?

    /// Which of a training's weights.
    enum Weights: String, ExpressibleByArgument, CaseIterable {
        /// Those that the last step left.
        case last
        /// The moving average.
        case ema
    }

    var directory: String { data ?? environment("PITH_DATA") ?? "" }

    /// An option that a checkpoint has already decided.
    var fixedByCheckpoint: String? { chosen.first }

    /// The options given that say what to train.
    private var chosen: [String] {
        [
            ("--model", model != nil), ("--graph", graph != nil), ("--from", from != nil),
            ("--compress", compress != nil),
        ].filter(\.1).map(\.0)
    }

    func check() throws {
        guard !directory.isEmpty else {
            throw ValidationError("Name the folder with the data: --data <dir>, or PITH_DATA in the environment.")
        }
        guard chosen.count <= 1 else {
            throw ValidationError(
                "Name one of --model, --graph, --from and --compress, not \(chosen.joined(separator: " and ")).")
        }
    }

    /// The training, at its start or where a checkpoint left it.
    func training(_ examples: TrainingExamples, _ how: SettingOptions) throws(PithError) -> Training {
        if let resume {
            return try located(resume) { file throws(PithError) in
                guard file.role == .checkpoint else { throw Self.noCheckpoint }
                guard !StagedTraining.made(file) else {
                    return .staged(try StagedTraining(resuming: file, examples: examples))
                }
                return .single(try Trainer(resuming: file, examples: examples))
            }
        }
        if let compress { return .staged(try staged(compress, examples, how)) }
        return .single(try trainer(examples, how))
    }

    private func staged(
        _ path: String, _ examples: TrainingExamples, _ how: SettingOptions
    ) throws(PithError) -> StagedTraining {
        do throws(PithError) {
            let text = try DataFile.read(path: path, limit: CompressionRecipe.mostBytes)
            let recipe = try CompressionRecipe(text: String(decoding: text, as: UTF8.self))
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            let teacher = try recipe.teacher.map { name throws(PithError) in
                try located(name.hasPrefix("/") ? name : folder + name) { file throws(PithError) in try Teacher(file) }
            }
            return try StagedTraining(
                recipe, examples: examples, teacher: teacher, seed: how.seed ?? 1, validation: how.validation ?? 0)
        } catch {
            throw error.located(in: .file(path))
        }
    }

    private func trainer(_ examples: TrainingExamples, _ how: SettingOptions) throws(PithError) -> Trainer {
        if let from {
            return try located(from) { file throws(PithError) in
                var name = "fine-tuned"
                if case .string(let text) = file.metadata[Metadata.name] { name = text }
                return try Trainer(
                    startingFrom: file, averaged: weights == .ema, settings: how.settings(for: nil, name: name),
                    examples: examples)
            }
        }
        if let graph {
            do throws(PithError) {
                let text = try DataFile.read(path: graph, limit: Self.graphLimit)
                let graph = try Graph(text: String(decoding: text, as: UTF8.self))
                return try Trainer(
                    graph: graph, settings: how.settings(for: nil, name: graph.name), examples: examples)
            } catch {
                throw error.located(in: .file(graph))
            }
        }
        let model = model ?? .cnn
        return try Trainer(
            graph: model.graph(), settings: how.settings(for: model, name: model.rawValue), examples: examples)
    }

    /// Whose results are shown: where --from took the moving average and none is kept now, those of the last step.
    ///
    /// - Throws: `invalidArgument` when there is no moving average to show.
    func resultWeights(of training: Training) throws(PithError) -> Weights {
        guard weights == .ema, !training.endsWithAverage else { return weights }
        guard from != nil else {
            throw PithError(.invalidArgument, "there is no moving average", advice: "train with --ema, say 0.999")
        }
        return .last
    }

    /// The most bytes of a graph's text.
    private static let graphLimit = 16 << 20

    private static let noCheckpoint = PithError(
        .wrongRole, "only a checkpoint can be resumed",
        advice: "use --from to go on from the weights of a model, or name a file that mnist-train wrote")

    private func located<Result>(
        _ path: String, _ body: (ModelFile) throws(PithError) -> Result
    ) throws(PithError) -> Result {
        do throws(PithError) {
            return try body(ModelFile.read(from: path))
        } catch {
            throw error.located(in: .file(path))
        }
    }
}
