import PithGraph
import PithMath
import PithTraining
import Testing

/// What `samples/softmax-gradient` says, asserted.
struct SoftmaxGradientTests {
    private static let (rows, classes) = (7, 10)
    private static let labels = (0..<rows).map { $0 * 3 % classes }

    private struct Outcome {
        let s: [Double]
        let g: [Double]
        let logits: [Double]
    }

    private static func twoNodes(_ logits: Tensor, _ labels: [Int]) throws -> Outcome {
        let x = Variable(logits, requiresGradient: true)
        let tape = Tape(on: .single)
        let p = try tape.apply(.softmax, [:], [x])
        try tape.backward(from: tape.crossEntropy(probabilities: p, targets: .indices(labels)))
        return Outcome(
            s: p.value.floats.map { Double($0) }, g: try #require(p.gradient).floats.map { Double($0) },
            logits: try #require(x.gradient).floats.map { Double($0) })
    }

    /// Central differences of the loss in float64.
    private static func differences(_ logits: Tensor) throws -> [Double] {
        let shape = logits.shape
        func loss(_ x: [Double]) throws -> Double {
            let s = try Reference.apply(
                .softmax, [.axis: -1], [ReferenceTensor<Double>(x, shape: shape)], outputShapes: [shape])[0].elements
            return labels.enumerated().reduce(0) { $0 - Double.log(s[$1.offset * classes + $1.element]) }
                / Double(rows)
        }
        let x = logits.floats.map { Double($0) }
        return try x.indices.map { index in
            var (up, down) = (x, x)
            up[index] += 1e-6
            down[index] -= 1e-6
            return (try loss(up) - loss(down)) / 2e-6
        }
    }

    private static func jacobian(_ g: [Double], _ s: [Double]) -> [Double] {
        s.indices.map { index in
            let first = index / classes * classes
            return (first..<first + classes).reduce(0) { $0 + g[$1] * (($1 == index ? s[$1] : 0) - s[$1] * s[index]) }
        }
    }

    private static func diagonal(_ g: [Double], _ s: [Double]) -> [Double] { zip(g, s).map { $0 * $1 * (1 - $1) } }

    private static func distance(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
    }

    private static let logits = Check.random([rows, classes], "softmax page", in: -3..<3)

    @Test func fourWaysAgreeAndTheFifthDoesNot() throws {
        let expected = try Self.differences(Self.logits)
        let two = try Self.twoNodes(Self.logits, Self.labels)
        let x = Variable(Self.logits, requiresGradient: true)
        let tape = Tape(on: .single)
        try tape.backward(from: tape.softmaxCrossEntropy(logits: x, targets: .indices(Self.labels)))
        let fused = try #require(x.gradient).floats.map { Double($0) }
        #expect(Self.distance(two.logits, expected) < 1e-6)
        #expect(Self.distance(fused, expected) < 1e-6)
        #expect(Self.distance(Self.jacobian(two.g, two.s), expected) < 1e-6)
        #expect(Self.distance(Self.diagonal(two.g, two.s), expected) > 0.01)
    }

    /// Entry i is right exactly when Σ g_k s_k over k ≠ i is 0.
    @Test func whenTheElementwiseFormIsRight() throws {
        let (g, s) = (
            Check.random([Self.rows, Self.classes], "any gradient").floats.map { Double($0) },
            try Self.twoNodes(Self.logits, Self.labels).s
        )
        let (full, wrong) = (Self.jacobian(g, s), Self.diagonal(g, s))
        for index in s.indices {
            let first = index / Self.classes * Self.classes
            let others = (first..<first + Self.classes).reduce(0) { $1 == index ? $0 : $0 + g[$1] * s[$1] }
            #expect(abs(wrong[index] - full[index] - s[index] * others) < 1e-12)
        }
        let two = try Self.twoNodes(Self.logits, Self.labels)
        let elementwise = Self.diagonal(two.g, two.s)
        for index in two.s.indices {
            if index % Self.classes == Self.labels[index / Self.classes] {
                #expect(abs(elementwise[index] - two.logits[index]) < 1e-6)
            } else {
                #expect(elementwise[index] == 0)
                #expect(abs(two.logits[index] - two.s[index] / Double(Self.rows)) < 1e-7)
            }
        }
    }

    /// Of all pairings two are right, and the one that was run never points uphill.
    @Test func pairings() throws {
        let expected = try Self.differences(Self.logits)
        let two = try Self.twoNodes(Self.logits, Self.labels)
        let shortcut = two.s.indices.map { index in
            (two.s[index] - (index % Self.classes == Self.labels[index / Self.classes] ? 1 : 0)) / Double(Self.rows)
        }
        let pairs: [([Double], Bool)] = [
            (Self.jacobian(two.g, two.s), true), (Self.diagonal(two.g, two.s), false), (two.g, false),
            (Self.jacobian(shortcut, two.s), false), (Self.diagonal(shortcut, two.s), false), (shortcut, true),
        ]
        for (gradient, isRight) in pairs { #expect((Self.distance(gradient, expected) < 1e-6) == isRight) }
        let product = zip(Self.diagonal(shortcut, two.s), expected).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(product > 0)
    }

    @Test func atExtremeLogitsTheClampedGradientVanishes() throws {
        let logits = Tensor([1e4, -1e4, 0] as [Float], shape: [1, 3])
        #expect(try Self.twoNodes(logits, [1]).logits == [0, 0, 0])
        let x = Variable(logits, requiresGradient: true)
        let tape = Tape(on: .single)
        try tape.backward(from: tape.softmaxCrossEntropy(logits: x, targets: .indices([1])))
        #expect(x.gradient?.floats == [1, -1, 0])
    }
}
