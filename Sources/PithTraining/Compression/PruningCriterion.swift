public import PithMath

/// What decides which weights become zero first: a score of each, the greatest of all parameters together being kept.
public enum PruningCriterion: String, Sendable, Hashable, CaseIterable {
    /// The absolute value.
    case magnitude
    /// A weight's square over the sum of the squares in its parameter that are not less than its own, so that no layer
    /// is emptied.
    ///
    /// Source: Lee, Park, Mo, Ahn and Shin, "Layer-adaptive sparsity for the magnitude-based pruning" (2021).
    case lamp
}

extension PruningCriterion {
    /// The score of each element, all at least 0.
    ///
    /// Sums are in float64; of elements of equal magnitude the later counts as the smaller.
    ///
    /// - Complexity: O(n log n) for `lamp`, else O(n).
    public func scores(of parameter: Tensor) -> [Float] {
        let magnitudes = parameter.floats.map { $0.magnitude }
        guard self == .lamp else { return magnitudes }
        var scores = [Float](repeating: 0, count: magnitudes.count)
        var sum = 0.0
        for position in Self.descending(magnitudes) {
            let square = Double(magnitudes[position]) * Double(magnitudes[position])
            sum += square
            scores[position] = sum > 0 ? Float(square / sum) : 0
        }
        return scores
    }

    /// The positions of scores, the greatest first; of equals the first.
    static func descending(_ scores: [Float]) -> [Int] {
        // The bits of floats that are not negative ascend with them.
        scores.enumerated().map { UInt64(~$0.element.bitPattern) << 32 | UInt64($0.offset) }.sorted()
            .map { Int($0 & 0xFFFF_FFFF) }
    }
}
