import PithData
import PithGraph

extension CompressionRecipe {
    /// Takes in the lines of a recipe.
    struct Reader {
        var model: BuiltInModel?
        var teacher: String?
        var stages: [Stage] = []
        private var common = Stage(name: "", settings: TrainingSettings(model: "", epochs: 1, learningRate: 0.05))

        init() { common.settings.compression = CompressionSettings() }

        mutating func take(_ line: Substring) throws(PithError) {
            let line = line.prefix { $0 != "#" }.trimmed
            guard !line.isEmpty else { return }
            let isPlain = line.unicodeScalars.allSatisfy { $0 == "\t" || $0.properties.generalCategory != .control }
            guard isPlain else {
                throw PithError(.malformed, "a control character", advice: "write plain text")
            }
            let (name, value) = try RecipeText.pair(line)
            switch name {
            case "model", "teacher":
                guard stages.isEmpty else {
                    throw PithError(
                        .malformed, "'\(name)' holds for all stages", advice: "write it before the first stage")
                }
                guard name == "model" else {
                    teacher = String(value)
                    return
                }
                guard let named = BuiltInModel(rawValue: String(value)) else {
                    let names = BuiltInModel.allCases.map(\.rawValue).joined(separator: ", ")
                    throw PithError(.malformed, "there is no model '\(value)'", advice: "name one of \(names)")
                }
                model = named
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
        }
    }
}

extension CompressionRecipe.Stage {
    mutating func set(_ name: Substring, _ value: Substring) throws(PithError) {
        guard name != "units" else {
            units = []
            for part in value.split(separator: " ") {
                let pair = part.split(separator: "=", omittingEmptySubsequences: false)
                guard pair.count == 2, !pair[0].isEmpty, let count = Int(pair[1]), count >= 1 else {
                    throw PithError(.malformed, "'\(part)' does not say how many units stay", advice: "write fc1=100")
                }
                units.append(CompressionRecipe.Units(layer: String(pair[0]), count: count))
            }
            return
        }
        guard try settings.set(name, value) else {
            var compression = settings.compression ?? CompressionSettings()
            guard try compression.set(name, value) else {
                throw PithError(
                    .malformed, "there is no setting '\(name)'",
                    advice: "settings are those of 'mnist-train --help' and of samples/compress/README.md")
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

/// Lines of recipes.
enum RecipeText {
    /// The two sides of the first colon, without blanks around them.
    static func pair(_ line: Substring) throws(PithError) -> (name: Substring, value: Substring) {
        guard let colon = line.firstIndex(of: ":") else {
            throw PithError(.invalidArgument, "'\(line.trimmed)' is no setting", advice: "write NAME: VALUE")
        }
        return (line[..<colon].trimmed, line[line.index(after: colon)...].trimmed)
    }
}
