import PithGraph
import PithMath
import PithTraining

@main
struct SoftmaxGradient {
    static func main() throws {
        let batch = Batch(rows: 7, seed: 1)
        let two = try batch.twoNodes()
        let expected = try batch.differences()
        let parts = [
            "<h1>Softmax's gradient, and why s(1 - s) is not it</h1>", introduction,
            try routes(batch, two.probabilities, two.gradient, two.logits, expected), explanation(batch, two, expected),
            pairings(batch, two, expected), training(), try extremes(),
        ]
        print(Page.document(parts.joined(separator: "\n")))
    }

    private static let introduction = """
        <p>Softmax turns logits x into probabilities s; cross-entropy is the mean over the N rows of
        -Σ t log p. Every output of softmax depends on <em>every</em> logit, so its Jacobian is a full matrix,
        diag(s) - s sᵀ: ∂s<sub>k</sub>/∂x<sub>i</sub> is s<sub>i</sub>(1 - s<sub>i</sub>) for k = i and
        -s<sub>k</sub>s<sub>i</sub> elsewhere. A node's backward pass is the product with all of it,
        s<sub>i</sub>(g<sub>i</sub> - Σ<sub>k</sub> g<sub>k</sub>s<sub>k</sub>). Keeping the diagonal alone,
        g<sub>i</sub>s<sub>i</sub>(1 - s<sub>i</sub>), is the common bug.</p>
        """

    private static func routes(
        _ batch: Batch, _ s: [Double], _ g: [Double], _ twoNodes: [Double], _ expected: [Double]
    ) throws -> String {
        let columns: [(String, [Double])] = [
            ("two nodes", twoNodes), ("fused", try batch.fused()), ("Jacobian", batch.timesJacobian(g, s)),
            ("differences", expected), ("s(1 - s)", batch.timesDiagonal(g, s)),
        ]
        let rows = (0..<batch.classes).map { index in
            ["\(index)\(index == batch.labels[0] ? " (true)" : "")", Page.fixed(s[index])]
                + columns.map { Page.fixed($0.1[index]) } + [Page.fixed(columns[4].1[index] - expected[index])]
        }
        let errors = ["largest error, all rows", ""] + columns.map { Page.short(distance($0.1, expected)) } + [""]
        return "<h2>Five ways on one batch</h2><p>\(batch.rows) random rows of 10 classes; the first row in full, the "
            + "gradients for its logits. Differences are central ones in float64.</p>"
            + Page.table(["class", "s"] + columns.map(\.0) + ["error of s(1 - s)"], rows + [errors])
    }

    private static func explanation(
        _ batch: Batch, _ two: (probabilities: [Double], gradient: [Double], logits: [Double]), _ expected: [Double]
    ) -> String {
        let label = batch.labels[0]
        let others = (0..<batch.classes).map { index in
            (0..<batch.classes).filter { $0 != index }.reduce(0) { $0 + two.gradient[$1] * two.probabilities[$1] }
        }
        let rows = (0..<batch.classes).map { index -> [String] in
            let isRight = abs(batch.timesDiagonal(two.gradient, two.probabilities)[index] - expected[index]) < 1e-6
            return [
                "\(index)", Page.fixed(others[index]), Page.verdict(isRight),
                index == label ? "" : Page.fixed(two.probabilities[index] / Double(batch.rows)),
            ]
        }
        return """
            <h2>When the element-wise form is right</h2>
            <p>The full product is g<sub>i</sub>s<sub>i</sub>(1 - s<sub>i</sub>) -
            s<sub>i</sub> Σ<sub>k≠i</sub> g<sub>k</sub>s<sub>k</sub>. So entry i of the element-wise form is right
            exactly when the sum over k ≠ i of g<sub>k</sub>s<sub>k</sub> is 0. With one-hot cross-entropy g is 0 but at
            the true class: there the form is right, and every other entry comes out 0 instead of
            s<sub>j</sub> / N.</p>
            \(Page.table(["entry i", "Σ<sub>k≠i</sub> g s", "element-wise", "s<sub>i</sub> / N that it misses"], rows))
            """
    }

    private static func pairings(
        _ batch: Batch, _ two: (probabilities: [Double], gradient: [Double], logits: [Double]), _ expected: [Double]
    ) -> String {
        let (s, n) = (two.probabilities, Double(batch.rows))
        let shortcut = zip(s, batch.targets).map { ($0 - $1) / n }
        let losses = [("-t/p / N", two.gradient), ("(p - t) / N", shortcut)]
        var rows: [[String]] = []
        for (name, g) in losses {
            for (backward, result) in [
                ("full product", batch.timesJacobian(g, s)), ("s(1 - s)", batch.timesDiagonal(g, s)), ("nothing", g),
            ] {
                let error = distance(result, expected)
                rows.append([
                    name, backward, Page.short(error), Page.fixed(cosine(result, expected), 3),
                    Page.verdict(error < 1e-6),
                ])
            }
        }
        let head = ["cross-entropy gives", "softmax multiplies by", "largest error", "cosine with the truth", ""]
        return """
            <h2>Whose gradient is (p - t) / N?</h2>
            <p>Not cross-entropy's: its own gradient, for the probabilities, is -t/p / N. (p - t) / N is already that
            gradient's product with softmax's Jacobian, the gradient for the <em>logits</em>. A course that gives it from a
            fused loss and passes it on unchanged lacks nothing. All pairings:</p>
            \(Page.table(head, rows))
            """
    }

    private static func training() -> String {
        var lowest = 1.0
        for seed in 1...200 {
            let batch = Batch(rows: 5, seed: UInt64(seed))
            guard let two = try? batch.twoNodes() else { continue }
            let right = zip(two.probabilities, batch.targets).map { $0 - $1 }
            lowest = min(lowest, cosine(batch.timesDiagonal(right, two.probabilities), right))
        }
        let (right, wrong) = (
            Training.losses(mistaken: false, steps: 400, interval: 100),
            Training.losses(mistaken: true, steps: 400, interval: 100)
        )
        let rows = right.indices.map { ["\($0 * 100)", Page.fixed(right[$0], 4), Page.fixed(wrong[$0], 4)] }
        return """
            <h2>Why training hides it</h2>
            <p>(p - t) s(1 - s) has the sign of p - t in every entry, so its product with the true gradient,
            Σ (p - t)² s(1 - s), is never below 0: it never points uphill. The smallest cosine over 1,000 random rows in
            200 batches was \(Page.fixed(lowest, 3)). The loss falls either way, only more slowly, and worst where the
            network is surely wrong: there s(1 - s) is near 0.</p>
            \(Page.table(["step", "loss, p - t", "loss, (p - t) s(1 - s)"], rows))
            """
    }

    private static func extremes() throws -> String {
        let logits: [Float] = [1e4, -1e4, 0]
        func gradient(_ isFused: Bool) throws -> (loss: Double, gradient: [Double]) {
            let x = Variable(Tensor(logits, shape: [1, 3]), requiresGradient: true)
            let tape = Tape(on: .single)
            let targets = ClassTargets.indices([1])
            let loss =
                isFused
                ? try tape.softmaxCrossEntropy(logits: x, targets: targets)
                : try tape.crossEntropy(probabilities: tape.apply(.softmax, [:], [x]), targets: targets)
            try tape.backward(from: loss)
            return (Double(loss.value.floats[0]), x.gradient?.floats.doubles ?? [])
        }
        let rows = try [("two nodes", false), ("fused", true)].map { name, isFused in
            let result = try gradient(isFused)
            return [name, Page.fixed(result.loss, 2)] + result.gradient.map { Page.fixed($0, 3) }
        }
        return """
            <h2>Where the two routes part</h2>
            <p>At logits of 10⁴, -10⁴ and 0, the second being true, its probability underflows to 0. Two nodes clamp it at
            the least normal float32: the loss is finite, but softmax multiplies by s = 0 and the gradient vanishes. The
            fused loss goes by log-softmax and keeps it.</p>
            \(Page.table(["", "loss", "∂x₀", "∂x₁ (true)", "∂x₂"], rows))
            """
    }
}
