public import PithGraph

extension CompressionSettings {
    /// A setting by its name in recipes and checkpoints.
    private struct Field {
        let name: String
        /// The text, nil where it is as at first.
        let text: (CompressionSettings) -> String?
        /// Takes a text in, false when it is none for this setting.
        let read: (inout CompressionSettings, Substring) -> Bool
    }

    private static var fields: [Field] {
        [
            Field(name: "nonzeros", text: { $0.nonzeros.map { "\($0)" } }) { settings, text in
                settings.nonzeros = Int(text)
                return settings.nonzeros != nil
            },
            Field(name: "criterion", text: { $0.criterion.rawValue }) { settings, text in
                guard let value = PruningCriterion(rawValue: String(text)) else { return false }
                settings.criterion = value
                return true
            },
            number("prune-every", \.pruningInterval),
            number("pruned-by", \.pruningEnd), number("regrow-until", \.regrowthEnd), number("l1", \.penalty),
            Field(
                name: "palette",
                text: { settings in
                    settings.palettes.isEmpty
                        ? nil : settings.palettes.map { "\($0.name)=\($0.entries)" }.joined(separator: " ")
                },
                read: readPalettes),
            number("palette-from", \.paletteStart), number("palette-fixed-by", \.paletteFixed),
            teaching("teacher-share", \.share), teaching("temperature", \.temperature),
        ]
    }

    private static func number<Value: LosslessStringConvertible>(
        _ name: String, _ path: WritableKeyPath<CompressionSettings, Value>
    ) -> Field {
        Field(name: name, text: { "\($0[keyPath: path])" }) { settings, text in
            guard let value = Value(String(text)) else { return false }
            settings[keyPath: path] = value
            return true
        }
    }

    private static func teaching(_ name: String, _ path: WritableKeyPath<Distillation, Double>) -> Field {
        Field(name: name, text: { $0.distillation.map { "\($0[keyPath: path])" } }) { settings, text in
            guard let value = Double(text) else { return false }
            settings.distillation = settings.distillation ?? Distillation()
            settings.distillation?[keyPath: path] = value
            return true
        }
    }

    private static func readPalettes(_ settings: inout CompressionSettings, _ text: Substring) -> Bool {
        settings.palettes = []
        for part in text.split(separator: " ") {
            let pair = part.split(separator: "=")
            guard pair.count == 2, let entries = Int(pair[1]) else { return false }
            settings.palettes.append(PaletteRule(String(pair[0]), entries: entries))
        }
        return true
    }

    /// Takes in a setting.
    ///
    /// - Returns: Whether there is one of this name.
    /// - Throws: `invalidArgument` for a text that is none for it.
    mutating func set(_ name: Substring, _ text: Substring) throws(PithError) -> Bool {
        guard let field = Self.fields.first(where: { $0.name == name }) else { return false }
        guard field.read(&self, text) else {
            throw PithError(.invalidArgument, "'\(text)' is no value for '\(name)'")
        }
        return true
    }

    /// A line for each setting, `name: value`, from which `init(text:)` makes the same again.
    public var text: String {
        Self.fields.compactMap { field in field.text(self).map { "\(field.name): \($0)\n" } }.joined()
    }

    /// Reads lines `name: value`.
    ///
    /// - Throws: `invalidArgument` for a name or value that is none.
    public init(text: String) throws(PithError) {
        self.init()
        for line in text.split(separator: "\n") {
            let (name, value) = try RecipeText.pair(line)
            guard try set(name, value) else {
                throw PithError(.invalidArgument, "there is no setting '\(name)'")
            }
        }
    }
}
