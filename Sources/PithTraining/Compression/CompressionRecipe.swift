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
    }

    /// How many units a layer keeps.
    public struct Units: Sendable, Hashable {
        /// The layer's name.
        public var layer: String
        /// The units.
        public var count: Int
    }

    /// Reads a recipe.
    ///
    /// - Throws: `malformed` with the number of the line.
    public init(text: String) throws(PithError) {
        var model: BuiltInModel?
        var teacher: String?
        var common = Stage(name: "", settings: TrainingSettings(model: "", epochs: 1, learningRate: 0.05))
        common.settings.compression = CompressionSettings()
        var stages: [Stage] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = RecipeText.trimmed(line.prefix { $0 != "#" })
            guard !line.isEmpty else { continue }
            do throws(PithError) {
                let (name, value) = try RecipeText.pair(line)
                switch name {
                case "model":
                    guard let named = BuiltInModel(rawValue: String(value)) else {
                        throw PithError(.malformed, "there is no model '\(value)'")
                    }
                    model = named
                case "teacher": teacher = String(value)
                case "stage":
                    stages.append(common)
                    stages[stages.count - 1].name = String(value)
                default:
                    if stages.isEmpty {
                        try common.set(name, value)
                    } else {
                        try stages[stages.count - 1].set(name, value)
                    }
                }
            } catch {
                throw PithError(.malformed, "line \(number + 1) of the recipe: \(error.reason)", advice: error.advice)
            }
        }
        guard let model, !stages.isEmpty else {
            throw PithError(
                .malformed, "a recipe needs a model and a stage", advice: "write 'model: mlp' and 'stage: …'")
        }
        for index in stages.indices {
            stages[index].settings.model = model.rawValue
            let given = stages[index].settings.compression?.distillation
            stages[index].settings.compression?.distillation = teacher == nil ? nil : given ?? Distillation()
            if index > 0 {
                stages[index].settings.epochsBefore =
                    stages[index - 1].settings.epochsBefore + stages[index - 1].settings.epochs
            }
            try stages[index].settings.check()
        }
        self.text = text
        self.model = model
        self.teacher = teacher
        self.stages = stages
    }
}

extension CompressionRecipe.Stage {
    mutating func set(_ name: Substring, _ value: Substring) throws(PithError) {
        guard name != "units" else {
            units = []
            for part in value.split(separator: " ") {
                let pair = part.split(separator: "=")
                guard pair.count == 2, let count = Int(pair[1]), count >= 1 else {
                    throw PithError(.malformed, "'\(part)' does not say how many units stay", advice: "write fc1=100")
                }
                units.append(CompressionRecipe.Units(layer: String(pair[0]), count: count))
            }
            return
        }
        guard try settings.set(name, value) else {
            var compression = settings.compression ?? CompressionSettings()
            guard try compression.set(name, value) else {
                throw PithError(.malformed, "there is no setting '\(name)'")
            }
            settings.compression = compression
            return
        }
    }
}

extension TrainingSettings {
    /// Takes in a setting by its name on the command line of `mnist-train`.
    ///
    /// - Returns: Whether there is one of this name.
    fileprivate mutating func set(_ name: Substring, _ value: Substring) throws(PithError) -> Bool {
        func number<Number: LosslessStringConvertible>() throws(PithError) -> Number {
            guard let number = Number(String(value)) else {
                throw PithError(.malformed, "'\(value)' is no number for '\(name)'")
            }
            return number
        }
        func choice<Choice: RawRepresentable<String>>() throws(PithError) -> Choice {
            guard let choice = Choice(rawValue: String(value)) else {
                throw PithError(.malformed, "'\(value)' is no value for '\(name)'")
            }
            return choice
        }
        switch name {
        case "epochs": epochs = try number()
        case "batch": batchSize = try number()
        case "shards": shards = try number()
        case "lr": learningRate = try number()
        case "schedule": schedule = try choice()
        case "optimizer": optimizer = try choice()
        case "weight-decay": weightDecay = try number()
        case "label-smoothing": labelSmoothing = try number()
        case "clip": gradientNorm = try number()
        case "ema": averageDecay = try number()
        case "augment": augmentation = try Augmentation(text: String(value))
        case "init": initialization = try choice()
        default: return false
        }
        return true
    }
}
