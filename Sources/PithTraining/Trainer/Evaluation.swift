/// What a model answers to examples, in evaluation mode.
public struct Evaluation: Sendable {
    /// The true classes.
    public let labels: [UInt8]
    /// The most probable classes; of equals the first.
    public let answers: [UInt8]
    /// The probability of each answer.
    public let answerProbabilities: [Float]
    /// The probability of each true class.
    public let truthProbabilities: [Float]
    /// The mean cross-entropy.
    public let loss: Double
    /// The number of classes.
    public let classes: Int

    /// The right answers.
    public var correct: Int { zip(labels, answers).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) } }

    /// The share of right answers.
    public var accuracy: Double { Double(correct) / Double(labels.count) }

    /// For each true class, how often each class was the answer.
    public var confusion: [[Int]] {
        var table = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        for (label, answer) in zip(labels, answers) { table[Int(label)][Int(answer)] += 1 }
        return table
    }

    /// The positions of wrong answers, that with the least probable true class first; of equals the first.
    ///
    /// - Complexity: O(n log n) in the wrong answers.
    public func worstMistakes(_ count: Int) -> [Int] {
        let wrong = labels.indices.filter { labels[$0] != answers[$0] }
        return Array(
            wrong.sorted { (truthProbabilities[$0], $0) < (truthProbabilities[$1], $1) }.prefix(count))
    }
}
