public import PithFormat

/// What compressing a file gave.
public struct Compression: Sendable {
    /// The contents of the smaller file.
    public var file: ModelFile

    /// What each tensor that changed lost, by name.
    public let errors: [String: WeightError]
}

/// How far weights are from what they were.
public struct WeightError: Sendable, Hashable {
    /// The root of the squared differences' sum over that of the squared weights: 0 for none, 1 when all became zero.
    public let relative: Double

    /// The greatest difference of two.
    public let greatest: Double

    init(_ before: [Float], _ after: [Float]) {
        var differences = Differences()
        differences.add(before, after)
        (relative, greatest) = (differences.relative, differences.greatest)
    }
}

/// Sums over pairs of numbers, before and after.
struct Differences {
    private var squares = 0.0
    private var total = 0.0
    private(set) var greatest = 0.0

    mutating func add(_ before: [Float], _ after: [Float]) {
        for (old, new) in zip(before, after) {
            let difference = Double(old) - Double(new)
            squares += difference * difference
            total += Double(old) * Double(old)
            greatest = max(greatest, abs(difference))
        }
    }

    /// The root of the squared differences' sum over that of the squares before.
    var relative: Double { total > 0 ? (squares / total).squareRoot() : squares > 0 ? .infinity : 0 }
}
