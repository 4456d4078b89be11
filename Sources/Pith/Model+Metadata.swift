public import PithFormat

extension Model {
    /// The names of the classes, in the order of the output's last axis; empty when the file does not say.
    public var labels: [String] {
        guard case .strings(let labels)? = metadata[Metadata.labels] else { return [] }
        return labels
    }

    /// What to subtract from each input element, after which `inputStandardDeviation` divides: the first number of the
    /// file's `input.mean`, 0 when it does not say.
    public var inputMean: Double { number(Metadata.inputMean) ?? 0 }

    /// What to divide each input element by: the first number of the file's `input.std`, 1 when it does not say.
    public var inputStandardDeviation: Double { number(Metadata.inputStandardDeviation) ?? 1 }

    /// What the outputs are by the file's `output.kind`, or without that key by the last operator; nil when neither
    /// tells, and for a kind that is unknown.
    public var outputKind: OutputKind? {
        guard let value = metadata[Metadata.outputKind] else { return graph.outputKind }
        guard case .string(let name) = value else { return nil }
        return OutputKind(name: name)
    }

    private func number(_ key: String) -> Double? {
        switch metadata[key] {
        case .float(let value): value
        case .floats(let values): values.first
        default: nil
        }
    }
}
