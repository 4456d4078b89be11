public import PithGraph

/// How a network is made small: stages of training, each of which goes on from the network that the one before left.
///
///     # LeNet-300-100 in 3.5 KB
///     model: mlp
///     teacher: teacher.pith
///     augment: shift=1
///
///     stage: dense
///     epochs: 10
///     lr: 0.1
///
///     stage: prune
///     units: fc1=100 fc2=50
///     epochs: 30
///     lr: 0.05
///     nonzeros: 3500
///
/// What stands before the first stage holds for all of them.
public struct CompressionRecipe: Sendable, Hashable {
    /// The text that it was read from.
    public let text: String
    /// The network at first.
    public let model: BuiltInModel
    /// The file of the teacher, relative to the recipe's; nil for none.
    public let teacher: String?
    /// The stages in order, at least one.
    public let stages: [Stage]

    /// A training of its own.
    public struct Stage: Sendable, Hashable {
        /// Its name, for people.
        public var name: String
        /// Layers that lose units before the stage begins, and how many units they keep.
        public var units: [Units] = []
        /// How it trains; seed and validation come from whoever runs the recipe.
        public var settings: TrainingSettings

        /// An error that says which stage it is about.
        func naming(_ error: PithError) -> PithError {
            var error = error
            error.reason = "stage '\(name)': " + error.reason
            return error
        }
    }

    /// How many units a layer keeps.
    public struct Units: Sendable, Hashable {
        /// The layer's name.
        public var layer: String
        /// The units.
        public var count: Int
    }

    /// The most bytes of a text.
    public static let mostBytes = 1 << 20

    /// Reads a recipe.
    ///
    /// - Throws: `malformed` with the number of the line, `invalidArgument` for settings out of range, `limitExceeded`.
    public init(text: String) throws(PithError) {
        guard text.utf8.count <= Self.mostBytes else {
            throw PithError(.limitExceeded, "a recipe has at most \(Self.mostBytes) bytes")
        }
        var reader = Reader()
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            do throws(PithError) {
                try reader.take(line)
            } catch {
                throw PithError(.malformed, "line \(number + 1) of the recipe: \(error.reason)", advice: error.advice)
            }
        }
        guard let model = reader.model, let first = reader.stages.first else {
            throw PithError(
                .malformed, "a recipe needs a model and a stage", advice: "write 'model: mlp' and 'stage: …'")
        }
        guard first.units.isEmpty else {
            throw PithError(
                .invalidArgument, "the first stage has no units to choose from yet",
                advice: "train a stage before the one that removes units")
        }
        self.text = text
        self.model = model
        teacher = reader.teacher
        stages = try Self.completed(reader.stages, model, hasTeacher: teacher != nil)
    }

    /// The stages with what the whole recipe says of each.
    private static func completed(
        _ stages: [Stage], _ model: BuiltInModel, hasTeacher: Bool
    ) throws(PithError) -> [Stage] {
        var (stages, epochsBefore) = (stages, 0)
        for index in stages.indices {
            stages[index].settings.model = model.rawValue
            let given = stages[index].settings.compression?.distillation
            guard given == nil || hasTeacher else {
                throw PithError(
                    .invalidArgument, "the recipe says how a teacher's answers count, and names none",
                    advice: "write 'teacher: FILE.pith' before the first stage")
            }
            stages[index].settings.compression?.distillation = hasTeacher ? given ?? Distillation() : nil
            stages[index].settings.epochsBefore = epochsBefore
            do throws(PithError) {
                try stages[index].settings.check()
            } catch {
                throw stages[index].naming(error)
            }
            epochsBefore += stages[index].settings.epochs
        }
        return stages
    }
}
