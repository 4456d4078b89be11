public import PithFormat
public import PithGraph
import PithMath

/// A training by a recipe, stage after stage.
///
///     var training = try StagedTraining(recipe, examples: examples, teacher: teacher)
///     while true {
///         while !training.trainer.isFinished { _ = try training.trainer.step(on: compute) }
///         guard try training.advance() else { break }
///     }
///     try training.checkpoint().write(to: "small.ckpt")
public struct StagedTraining {
    /// The recipe.
    public let recipe: CompressionRecipe
    /// The number of the stage, from 0.
    public private(set) var stage: Int
    /// The training of this stage.
    public private(set) var trainer: Trainer

    private let examples: TrainingExamples
    private let teacher: Teacher?

    private enum Key {
        static let recipe = "training.recipe"
        static let stage = "training.stage"
    }

    /// Starts with the first stage.
    ///
    /// - Parameters:
    ///   - recipe: The recipe.
    ///   - examples: What to learn from.
    ///   - teacher: The recipe's teacher, nil when it names none.
    ///   - seed: Of all random numbers.
    ///   - validation: How many examples are split off to choose settings by.
    /// - Throws: What starting a `Trainer` throws, and `invalidArgument` for a stage that asks for layers or units that the
    ///   network does not have, so that no stage fails after others have trained.
    public init(
        _ recipe: CompressionRecipe, examples: TrainingExamples, teacher: Teacher?, seed: UInt64 = 1,
        validation: Int = 0
    ) throws(PithError) {
        self.recipe = recipe
        self.examples = examples
        self.teacher = teacher
        stage = 0
        let graph = try recipe.model.graph()
        for stage in recipe.stages {
            do throws(PithError) {
                try stage.check(graph, teacher)
            } catch {
                throw stage.naming(error)
            }
        }
        trainer = try Self.trainer(
            recipe.stages[0], graph: graph, parameters: nil, examples, teacher, seed, validation)
    }

    /// Goes on from a checkpoint, with the bits of a training that was never interrupted.
    ///
    /// - Parameters:
    ///   - file: A checkpoint that `checkpoint()` made.
    ///   - examples: The same as before.
    /// - Throws: `malformed` for a checkpoint that is none of a recipe, and what resuming a `Trainer` throws.
    public init(resuming file: ModelFile, examples: TrainingExamples) throws(PithError) {
        recipe = try CompressionRecipe(text: file.metadata.string(Key.recipe))
        stage = try file.metadata.count(Key.stage)
        guard stage < recipe.stages.count else {
            throw PithError(.malformed, "the checkpoint is at a stage that its recipe does not have")
        }
        self.examples = examples
        trainer = try Trainer(resuming: file, examples: examples)
        teacher = trainer.teacher
    }

    /// Whether a checkpoint is one of a training by a recipe.
    public static func made(_ file: ModelFile) -> Bool { file.metadata[Key.recipe] != nil }

    /// The whole state: equal states give equal bytes.
    public func checkpoint() throws(PithError) -> ModelFile {
        var file = try trainer.checkpoint()
        file.metadata[Key.recipe] = .string(recipe.text)
        file.metadata[Key.stage] = .int(Int64(stage))
        return file
    }

    /// Goes to the next stage: units are removed, those asked for and all that change nothing.
    ///
    /// - Returns: Whether there is a next one.
    /// - Throws: `invalidArgument` for units that cannot be removed, and what starting a `Trainer` throws.
    public mutating func advance() throws(PithError) -> Bool {
        precondition(trainer.isFinished, "the stage is not finished")
        guard stage + 1 < recipe.stages.count else { return false }
        stage += 1
        let next = recipe.stages[stage]
        var removal = try UnitRemoval(trainer.graph, parameters: trainer.averagedParameters ?? trainer.parameters)
        for units in next.units { try removal.keep(units.count, of: units.layer) }
        try removal.removeDead()
        trainer = try Self.trainer(
            next, graph: removal.graph, parameters: removal.parameters, examples, teacher, trainer.settings.seed,
            trainer.settings.validation)
        return true
    }

    private static func trainer(
        _ stage: CompressionRecipe.Stage, graph: Graph, parameters: [Tensor]?, _ examples: TrainingExamples,
        _ teacher: Teacher?, _ seed: UInt64, _ validation: Int
    ) throws(PithError) -> Trainer {
        var settings = stage.settings
        settings.seed = seed
        settings.validation = validation
        return try Trainer(
            graph: graph, settings: settings, examples: examples, parameters: parameters, teacher: teacher)
    }
}

extension CompressionRecipe.Stage {
    /// Checks what can be known of a stage before any trains.
    fileprivate func check(_ graph: Graph, _ teacher: Teacher?) throws(PithError) {
        for units in units {
            let layer = try graph.unitLayer(named: units.layer)
            let count = try graph[graph.initializers[layer.weight]].type.shape()[0]
            guard units.count <= count else {
                throw PithError(
                    .invalidArgument, "'\(units.layer)' has \(count) units, and \(units.count) should stay",
                    advice: "name fewer")
            }
        }
        try Trainer.check(settings, teacher, graph)
    }
}
