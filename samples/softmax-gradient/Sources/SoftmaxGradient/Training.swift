import PithMath
import PithTraining

/// Softmax regression on ten noisy patterns, by the right gradient or by (p - t) s(1 - s).
enum Training {
    private static let features = 20
    private static let classes = 10
    private static let rows = 200

    /// The mean loss before the first step and after every `interval` steps.
    static func losses(mistaken: Bool, steps: Int, interval: Int) -> [Double] {
        var stream = RandomStream(seed: 3, name: "training")
        let patterns = (0..<classes).map { _ in (0..<features).map { _ in Double(stream.uniform(in: -1..<1)) } }
        let labels = (0..<rows).map { $0 % classes }
        let x = labels.map { label in patterns[label].map { $0 + Double(stream.uniform(in: -1..<1)) } }
        var weights = [[Double]](repeating: [Double](repeating: 0, count: features), count: classes)
        var losses: [Double] = []
        for step in 0...steps {
            var gradient = [[Double]](repeating: [Double](repeating: 0, count: features), count: classes)
            var loss = 0.0
            for (row, label) in zip(x, labels) {
                let s = softmax(weights.map { zip($0, row).reduce(0) { $0 + $1.0 * $1.1 } })
                loss -= Double.log(s[label]) / Double(rows)
                for c in 0..<classes {
                    let right = (s[c] - (c == label ? 1 : 0)) / Double(rows)
                    let slope = mistaken ? right * s[c] * (1 - s[c]) : right
                    for f in 0..<features { gradient[c][f] += slope * row[f] }
                }
            }
            if step % interval == 0 { losses.append(loss) }
            for c in 0..<classes {
                for f in 0..<features { weights[c][f] -= 0.5 * gradient[c][f] }
            }
        }
        return losses
    }

    private static func softmax(_ x: [Double]) -> [Double] {
        let greatest = x.max() ?? 0
        let e = x.map { Double.exp($0 - greatest) }
        let sum = e.reduce(0, +)
        return e.map { $0 / sum }
    }
}
