import PithGraph
import PithMath
import PithTraining
import Testing

struct LossTests {
    private static let rows = 7
    private static let classes = 10

    private static func batch() throws -> (logits: Tensor, targets: Tensor) {
        let labels = (0..<rows).map { UInt8($0 * 3 % classes) }
        return (Check.random([rows, classes], "logits", in: -3..<3), try Tensor.oneHot(labels, classes: classes))
    }

    /// The loss and its gradient, in double precision, by the formula (softmax - t) / N.
    private static func expected(_ logits: Tensor, _ targets: Tensor) -> (loss: Double, gradient: [Double]) {
        let (x, t) = (logits.floats.map { Double($0) }, targets.floats.map { Double($0) })
        var (loss, gradient) = (0.0, [Double](repeating: 0, count: x.count))
        for row in 0..<rows {
            let range = row * classes..<(row + 1) * classes
            let sum = range.reduce(0.0) { $0 + Double.exp(x[$1]) }
            for index in range {
                let p = Double.exp(x[index]) / sum
                loss -= t[index] * Double.log(p) / Double(rows)
                gradient[index] = (p - t[index]) / Double(rows)
            }
        }
        return (loss, gradient)
    }

    private static func distance(_ a: [Float], _ b: [Double]) -> Double {
        zip(a, b).map { abs(Double($0) - $1) }.max() ?? .infinity
    }

    @Test func twoNodesAndTheFusedLossAgree() throws {
        let (logits, targets) = try Self.batch()
        let expected = Self.expected(logits, targets)
        let compute = try Compute()
        let fused = Variable(logits, requiresGradient: true)
        let tape = Tape(on: compute)
        let fusedLoss = try tape.softmaxCrossEntropy(logits: fused, targets: .distribution(Variable(targets)))
        try tape.backward(from: fusedLoss)

        let split = Variable(logits, requiresGradient: true)
        let other = Tape(on: compute)
        let probabilities = try other.apply(.softmax, [:], [split])
        let splitLoss = try other.crossEntropy(probabilities: probabilities, targets: .distribution(Variable(targets)))
        try other.backward(from: splitLoss)

        #expect(abs(Double(fusedLoss.value.floats[0]) - expected.loss) < 1e-6)
        #expect(abs(Double(splitLoss.value.floats[0]) - expected.loss) < 1e-6)
        #expect(Self.distance(try #require(fused.gradient).floats, expected.gradient) < 1e-6)
        #expect(Self.distance(try #require(split.gradient).floats, expected.gradient) < 1e-6)

        // The common mistake: s (1 - s) element by element in place of the full product.
        let p = probabilities.value.floats
        let g = try #require(probabilities.gradient).floats
        let elementwise = p.indices.map { g[$0] * p[$0] * (1 - p[$0]) }
        #expect(Self.distance(elementwise, expected.gradient) > 0.01)
        for index in p.indices {
            if targets.floats[index] == 1 {
                #expect(abs(Double(elementwise[index]) - expected.gradient[index]) < 1e-6)
            } else {
                #expect(elementwise[index] == 0)
            }
        }
    }

    @Test func targetsHaveGradientsToo() throws {
        let (logits, _) = try Self.batch()
        let soft = Variable(Check.random(logits.shape, "soft", in: 0..<0.4), requiresGradient: true)
        let tape = Tape(on: try Compute())
        try tape.backward(from: tape.softmaxCrossEntropy(logits: Variable(logits), targets: .distribution(soft)))
        let x = logits.floats.map { Double($0) }
        var expected: [Double] = []
        for row in 0..<Self.rows {
            let part = x[row * Self.classes..<(row + 1) * Self.classes]
            let sum = Double.log(part.reduce(0) { $0 + Double.exp($1) })
            expected += part.map { -($0 - sum) / Double(Self.rows) }
        }
        #expect(Self.distance(try #require(soft.gradient).floats, expected) < 1e-6)
    }

    @Test func extremes() throws {
        let logits = Variable(
            Tensor([1e4, -1e4, 0, -.infinity, 0, 0] as [Float], shape: [2, 3]), requiresGradient: true)
        let targets = Variable(Tensor([0, 1, 0, 0, 1, 0] as [Float], shape: [2, 3]))
        let tape = Tape(on: try Compute())
        let loss = try tape.softmaxCrossEntropy(logits: logits, targets: .distribution(targets))
        try tape.backward(from: loss)
        #expect(abs(loss.value.floats[0] - (20000 + 0.6931472) / 2) < 0.01)
        #expect(try #require(logits.gradient).floats == [0.5, -0.5, 0, 0, -0.25, 0.25])
        let clamped = Variable(Tensor([0, 1] as [Float], shape: [1, 2]), requiresGradient: true)
        let other = Tape(on: try Compute())
        let value = try other.crossEntropy(
            probabilities: clamped, targets: .indices([0]))
        try other.backward(from: value)
        #expect(abs(value.value.floats[0] - 87.336544) < 1e-4)
        #expect(clamped.gradient?.floats.allSatisfy { $0.isFinite } == true)
    }

    /// Whatever a graph ends in, the loss and its gradient are those of one softmax.
    @Test(arguments: [Operator?.none, .softmax, .logSoftmax])
    func noRouteAppliesSoftmaxTwice(_ ending: Operator?) throws {
        let (logits, targets) = try Self.batch()
        var graph = Graph(name: "ending")
        let x = try graph.addInput("x", ValueType(.float32, [.symbol("batch"), .fixed(Self.classes)]))
        let scale = try graph.addInitializer("scale", .float32, [1])
        let scaled = try graph.add(.mul, [x, scale])
        let last = try ending.map { try graph.add($0, [scaled]) } ?? scaled
        try graph.addOutput(last, name: "y")
        let objective = try ClassifierObjective(graph)
        let input = Variable(logits, requiresGradient: true)
        let tape = Tape(on: try Compute())
        let value = try tape.run(
            graph, to: objective.value, inputs: [input], initializers: [Variable(Tensor([1] as [Float], shape: [1]))])
        let loss = try tape.loss(objective, of: value, targets: .distribution(Variable(targets)))
        try tape.backward(from: loss)
        let expected = Self.expected(logits, targets)
        #expect(abs(Double(loss.value.floats[0]) - expected.loss) < 1e-6)
        #expect(Self.distance(try #require(input.gradient).floats, expected.gradient) < 1e-6)
    }

    @Test func lossesAreThoseOfPyTorch() throws {
        let labels = ClassTargets.indices([3, 0, 4, 1, 1, 2, 0])
        let weight = Fixture.pattern([5], 9, 0.4, 1).floats
        for fixture in try Fixture.all("training.json", "loss") {
            let x = Variable(
                Fixture.pattern([7, 5], 6, fixture.name == "bce" ? 30 : 3), requiresGradient: true)
            let t = Variable(Fixture.pattern([7, 5], 7, 0.1, 0.2), requiresGradient: true)
            let tape = Tape(on: .single)
            func entropy(_ targets: ClassTargets, _ options: CrossEntropyOptions) throws -> Variable {
                try tape.softmaxCrossEntropy(logits: x, targets: targets, options: options)
            }
            let loss: Variable
            switch fixture.name {
            case "indices": loss = try entropy(labels, CrossEntropyOptions())
            case "indices weighted": loss = try entropy(labels, CrossEntropyOptions(weight: weight))
            case "indices ignored": loss = try entropy(labels, CrossEntropyOptions(ignoreIndex: 1))
            case "indices smoothed": loss = try entropy(labels, CrossEntropyOptions(labelSmoothing: 0.1))
            case "indices everything":
                loss = try entropy(labels, CrossEntropyOptions(weight: weight, ignoreIndex: 1, labelSmoothing: 0.1))
            case "soft": loss = try entropy(.distribution(t), CrossEntropyOptions())
            case "soft everything":
                loss = try entropy(.distribution(t), CrossEntropyOptions(weight: weight, labelSmoothing: 0.2))
            case "nll":
                loss = try tape.negativeLogLikelihood(
                    logProbabilities: x, targets: labels,
                    options: CrossEntropyOptions(weight: weight, ignoreIndex: 2))
            case "mse": loss = try tape.meanSquaredError(x, t)
            case "l1": loss = try tape.l1(x, t)
            case "huber": loss = try tape.huber(x, t, delta: 0.7)
            case "bce": loss = try tape.binaryCrossEntropy(logits: x, targets: t)
            default:
                Issue.record("no loss for \(fixture.name)")
                continue
            }
            try tape.backward(from: loss)
            #expect(Fixture.distance(loss.value.floats, [try #require(fixture.value)]) < 2e-6, "\(fixture.name)")
            for (variable, expected) in zip([x, t], try #require(fixture.gradients)) {
                #expect(Fixture.distance(try #require(variable.gradient).floats, expected) < 2e-6, "\(fixture.name)")
            }
        }
    }

    @Test func targetsThatDoNotFitAreRefused() throws {
        let x = Variable(Fixture.pattern([2, 3], 1))
        let tape = Tape(on: .single)
        let soft = ClassTargets.distribution(Variable(Fixture.pattern([3, 2], 1)))
        for (targets, options) in [
            (ClassTargets.indices([0, 3]), CrossEntropyOptions()), (.indices([0, -1]), CrossEntropyOptions()),
            (.indices([0, 1]), CrossEntropyOptions(labelSmoothing: 1.5)),
        ] {
            #expect(throws: PithError(.invalidArgument, "")) {
                try tape.softmaxCrossEntropy(logits: x, targets: targets, options: options)
            }
        }
        for (targets, options) in [
            (ClassTargets.indices([0]), CrossEntropyOptions()), (soft, CrossEntropyOptions()),
            (.indices([0, 1]), CrossEntropyOptions(weight: [1, 2])),
        ] {
            #expect(throws: PithError(.shapeMismatch, "")) {
                try tape.softmaxCrossEntropy(logits: x, targets: targets, options: options)
            }
        }
    }
}
