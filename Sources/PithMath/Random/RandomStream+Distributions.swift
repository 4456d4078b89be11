extension RandomStream {
    /// A multiple of 2^-24 in 0 ..< 1, each equally likely. Draws one word.
    public mutating func uniform() -> Float {
        Float(nextUInt32() >> 8) * 0x1p-24
    }

    /// A number in `range`: lower bound + `uniform()` · width, rounded once, and held below the upper bound.
    /// Draws one word.
    ///
    /// - Precondition: `range` is not empty, and its width is finite.
    public mutating func uniform(in range: Range<Float>) -> Float {
        let width = range.upperBound - range.lowerBound
        precondition(!range.isEmpty && width.isFinite, "the range is empty or its width is not finite")
        let value = Elementary.fusedMultiplyAdd(uniform(), width, range.lowerBound)
        return value < range.upperBound ? value : range.upperBound.nextDown
    }

    /// A number from the standard normal distribution; magnitudes reach 6.66. Draws two words.
    ///
    /// Source: Box and Muller, "A note on the generation of random normal deviates" (1958); the cosine alone is used,
    /// so that no second number is left over as hidden state.
    public mutating func normal() -> Float {
        // In 2^-32 ... 1, so that the logarithm is finite.
        let u = (Float(nextUInt32()) + 1) * 0x1p-32
        let angle = uniform() * 0x1.921fb6p+2
        return (-2 * Elementary.log(u)).squareRoot() * Elementary.cos(angle)
    }

    /// `normal()` · `standardDeviation` + `mean`, rounded once. Draws two words.
    public mutating func normal(mean: Float, standardDeviation: Float) -> Float {
        Elementary.fusedMultiplyAdd(normal(), standardDeviation, mean)
    }

    /// A whole number in 0 ..< `bound`, each exactly equally likely. Draws one word, and another for each rejection.
    ///
    /// Source: Lemire, "Fast random integer generation in an interval" (2019).
    ///
    /// - Precondition: `bound` is in 1 ... 2^32 - 1.
    public mutating func next(below bound: Int) -> Int {
        precondition(bound > 0 && bound <= UInt32.max, "the bound is not in 1 ... 2^32 - 1")
        let n = UInt32(bound)
        var product = UInt64(nextUInt32()) &* UInt64(n)
        if UInt32(truncatingIfNeeded: product) < n {
            // 2^32 mod n of the low halves are one too many.
            let threshold = (0 &- n) % n
            while UInt32(truncatingIfNeeded: product) < threshold {
                product = UInt64(nextUInt32()) &* UInt64(n)
            }
        }
        return Int(product >> 32)
    }

    /// Puts `values` in a random order, each equally likely: for i from the last place down to 1, the values at i and
    /// at `next(below: i + 1)` change places (Fisher and Yates).
    ///
    /// - Precondition: fewer than 2^32 values.
    /// - Complexity: O(n).
    public mutating func shuffle<Value>(_ values: inout [Value]) {
        var i = values.count - 1
        while i > 0 {
            values.swapAt(i, next(below: i + 1))
            i -= 1
        }
    }

    /// The numbers 0 ..< `count` in the order that `shuffle` gives them.
    ///
    /// - Precondition: `count` is in 0 ..< 2^32.
    /// - Complexity: O(count).
    public mutating func permutation(count: Int) -> [Int] {
        var values = Array(0..<count)
        shuffle(&values)
        return values
    }
}
