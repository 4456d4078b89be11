public import PithFormat
public import PithGraph
import PithMath

/// How a model's first output changed, for some examples.
public struct OutputChange: Sendable {
    /// Examples that were run.
    public private(set) var examples = 0

    /// The root of the squared differences' sum over that of the squared outputs before.
    public private(set) var relative = 0.0

    /// The greatest difference of two elements.
    public private(set) var greatest = 0.0

    /// Rows of the output whose greatest element stayed at its place, and all rows.
    public private(set) var sameArgmax = 0
    /// See `sameArgmax`.
    public private(set) var rows = 0

    /// Examples whose class was the greatest element's place, before and after; nil without labels.
    public private(set) var correct: (before: Int, after: Int)?

    /// Runs both models.
    ///
    /// - Throws: `typeMismatch` for an output that is not of floats, and errors of running.
    public init(_ before: ModelFile, _ after: ModelFile, _ data: Examples) throws(PithError) {
        var runners = (try ExampleRunner(before), try ExampleRunner(after))
        var expected: [Tensor] = []
        try runners.0.forEachBatch(data) { _, output throws(PithError) in
            guard output.elementType == .float32 else {
                throw PithError(.typeMismatch, "the output is \(output), not floats")
            }
            expected.append(output)
        }
        var differences = Differences()
        if data.labels != nil { correct = (0, 0) }
        var next = expected.makeIterator()
        try runners.1.forEachBatch(data) { range, output throws(PithError) in
            guard let want = next.next() else { return }
            let (old, new) = (want.floats, output.floats)
            differences.add(old, new)
            examples += range.count
            let width = max(output.shape.dimensions.last ?? 1, 1)
            for row in 0..<(old.count / width) {
                let part = (row * width)..<((row + 1) * width)
                let answers = (Self.argmax(old[part]), Self.argmax(new[part]))
                rows += 1
                sameArgmax += answers.0 == answers.1 ? 1 : 0
                guard old.count / width == range.count, let label = data.labels?[range.lowerBound + row] else {
                    continue
                }
                correct?.before += answers.0 == Int(label) ? 1 : 0
                correct?.after += answers.1 == Int(label) ? 1 : 0
            }
        }
        (relative, greatest) = (differences.relative, differences.greatest)
    }

    private static func argmax(_ row: ArraySlice<Float>) -> Int {
        var place = row.startIndex
        for index in row.indices where row[index] > row[place] { place = index }
        return place - row.startIndex
    }
}
