import DigitImages
import PithData
import PithGraph

/// What a model makes of the test half of a set of digits.
struct Evaluation {
    /// Pictures of one run; the answer does not depend on it.
    private static let batch = 100

    let count: Int
    let correct: Int
    let seconds: Double
    /// For each true class, how often each class was the most probable.
    let confusion: [[Int]]

    init(_ classifier: inout Classifier, _ directory: String) throws(PithError) {
        let set = try ImageSet.load(directory: directory, .test)
        let side = DigitImage.side
        guard set.rows == side, set.columns == side else {
            throw PithError(
                .shapeMismatch, "pictures of \(set.rows) × \(set.columns), where 28 × 28 are needed",
                at: .file(directory))
        }
        let size = side * side
        var pairs: [(truth: Int, answer: Int)] = []
        var classes = 0
        let begin = Console.seconds
        for start in stride(from: 0, to: set.count, by: Self.batch) {
            let end = min(start + Self.batch, set.count)
            let pixels = set.images[(start * size)..<(end * size)].map { Float($0) / 255 }
            for (offset, row) in try classifier.run(pixels, count: end - start).enumerated() {
                var answer = 0
                for index in row.indices where row[index] > row[answer] { answer = index }
                classes = row.count
                pairs.append((Int(set.labels[start + offset]), answer))
            }
        }
        seconds = Console.seconds - begin
        count = pairs.count
        let extent = max(classes, Int(set.labels.max() ?? 0) + 1)
        var table = [[Int]](repeating: [Int](repeating: 0, count: extent), count: extent)
        for pair in pairs { table[pair.truth][pair.answer] += 1 }
        confusion = table
        correct = table.indices.reduce(0) { $0 + table[$1][$1] }
    }

    private var speed: Double { seconds > 0 ? Double(count) / seconds : 0 }

    /// The answer for people.
    func text(_ classifier: Classifier) -> String {
        let names = confusion.indices.map { classifier.label($0) }
        let width = max(names.map { $0.count }.max() ?? 1, confusion.joined().map { "\($0)".count }.max() ?? 1) + 1
        var lines = [
            "test accuracy \(Console.decimal(100 * Double(correct) / Double(count), places: 2)) %"
                + " (\(correct) of \(count))",
            "", "rows: the true class; columns: the answer",
            Console.right("", width) + names.map { Console.right($0, width) }.joined(),
        ]
        for (name, row) in zip(names, confusion) {
            lines.append(Console.right(name, width) + row.map { Console.right("\($0)", width) }.joined())
        }
        lines += ["", "\(Console.decimal(speed, places: 0)) images per second"]
        return lines.joined(separator: "\n")
    }

    /// The answer for programs, one line.
    func json(_ classifier: Classifier) -> String {
        let names = confusion.indices.map { JSON.quoted(classifier.label($0)) }.joined(separator: ", ")
        let rows = confusion.map { "[" + $0.map { "\($0)" }.joined(separator: ", ") + "]" }.joined(separator: ", ")
        return "{\"count\": \(count), \"correct\": \(correct), \"accuracy\": "
            + Console.decimal(Double(correct) / Double(count), places: 6)
            + ", \"labels\": [\(names)], \"confusion\": [\(rows)], \"imagesPerSecond\": "
            + Console.decimal(speed, places: 1) + "}"
    }
}
