/// What became of a source: a file, or all that stands in the way.
public struct Conversion: Sendable {
    /// The result, nil where something stands in the way.
    public var file: ConvertedFile?

    /// All that stands in the way.
    public var problems: [ConversionProblem] = []

    /// What was done that is not plain: passes, omitted tensors.
    public var steps: [String] = []

    /// Where something stands in the way, all of it as one error.
    public var failure: ConversionFailure? { problems.isEmpty ? nil : ConversionFailure(problems: problems) }
}
