import PithMath

/// A few values, each a bfloat16, that the elements of a parameter share.
public struct ValuePalette: Sendable, Hashable {
    /// The values, ascending when the palette is made.
    public internal(set) var entries: [Float]

    /// The most entries that a file can hold.
    public static let mostEntries = 256

    /// Rounds of the clustering, which usually ends sooner.
    private static let rounds = 100

    /// Clusters values: k-means from evenly spaced quantiles.
    ///
    /// - Parameters:
    ///   - values: Finite.
    ///   - count: The entries, 1 to 256; fewer are made of fewer values.
    /// - Complexity: O(n log n).
    public init(clustering values: [Float], count: Int) {
        precondition((1...Self.mostEntries).contains(count), "a palette has 1 to 256 entries")
        let sorted = values.sorted()
        var sums = [0.0]
        for value in sorted { sums.append(sums[sums.count - 1] + Double(value)) }
        let count = min(count, sorted.count)
        var centres = (0..<count).map { Double(sorted[(2 * $0 + 1) * sorted.count / (2 * count)]) }
        for _ in 0..<Self.rounds {
            var next = centres
            var start = 0
            for index in centres.indices {
                var end = sorted.count
                if index + 1 < centres.count {
                    let middle = (centres[index] + centres[index + 1]) / 2
                    end = Self.firstIndex(in: sorted, from: start) { Double($0) > middle }
                }
                if end > start { next[index] = (sums[end] - sums[start]) / Double(end - start) }
                start = end
            }
            if next == centres { break }
            centres = next
        }
        entries = centres.map { Self.rounded($0) }
    }

    init(entries: [Float]) { self.entries = entries }

    /// The entry nearest to a value; of equals the first.
    public func index(of value: Float) -> Int {
        var (best, least) = (0, Float.infinity)
        for (index, entry) in entries.enumerated() {
            let distance = (value - entry).magnitude
            if distance < least { (best, least) = (index, distance) }
        }
        return best
    }

    static func rounded(_ value: Double) -> Float { BrainFloat.decode(BrainFloat.encode(Float(value))) }

    private static func firstIndex(in sorted: [Float], from start: Int, where isAfter: (Float) -> Bool) -> Int {
        var (low, high) = (start, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if isAfter(sorted[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
