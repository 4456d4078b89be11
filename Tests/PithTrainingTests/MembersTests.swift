import PithGraph
import PithMath
import PithTraining
import Testing

/// Networks side by side, whose probabilities a graph averages.
struct MembersTests {
    private static let (rows, members, classes) = (5, 3, 4)

    /// The mean over the members of softmax(x · scale), for x of [batch, members · classes].
    private static func graph(members: Int = members, axis: Int64 = 1, keeps: Int64 = 0) throws -> Graph {
        var graph = Graph(name: "members")
        let x = try graph.addInput("x", ValueType(.float32, [.symbol("batch"), .fixed(members * classes)]))
        let scale = try graph.addInitializer("scale", .float32, [1])
        let extents = try graph.add(.constant, [], [.valueInts: .ints([0, Int64(members), Int64(classes)])])
        let apart = try graph.add(.reshape, [try graph.add(.mul, [x, scale]), extents])
        let probabilities = try graph.add(.softmax, [apart], [.axis: 2])
        let axes = try graph.add(.constant, [], [.valueInts: .ints([axis])])
        try graph.addOutput(
            graph.add(.reduceMean, [probabilities, axes], [.keepDims: .int(keeps)]), name: "probabilities")
        return graph
    }

    private static var scale: [Variable] { [Variable(Tensor([1] as [Float], shape: [1]))] }
    private static let labels = [0, 3, 1, 1, 2]
    private static let logits = Check.random([rows, members * classes], "members", in: -3..<3)

    /// Σ over members of -log softmax(logits)[label] / (rows · members), and its gradient, in double precision.
    private static func expected() -> (loss: Double, gradient: [Double]) {
        let x = logits.floats.map { Double($0) }
        var (loss, gradient) = (0.0, [Double](repeating: 0, count: x.count))
        for block in 0..<rows * members {
            let range = block * classes..<(block + 1) * classes
            let sum = range.reduce(0.0) { $0 + Double.exp(x[$1]) }
            for index in range {
                let (p, isTrue) = (Double.exp(x[index]) / sum, index - range.lowerBound == labels[block / members])
                if isTrue { loss -= Double.log(p) / Double(rows * members) }
                gradient[index] = (p - (isTrue ? 1 : 0)) / Double(rows * members)
            }
        }
        return (loss, gradient)
    }

    @Test(arguments: [true, false])
    func eachMemberLearnsAlone(fromIndices: Bool) throws {
        let graph = try Self.graph()
        let objective = try ClassifierObjective(graph)
        #expect(objective.members == Self.members)
        #expect(objective.classes == Self.classes)
        let input = Variable(Self.logits, requiresGradient: true)
        let tape = Tape(on: try Compute())
        let value = try tape.run(graph, to: objective.value, inputs: [input], initializers: Self.scale)
        let oneHot = try Tensor.oneHot(Self.labels.map { UInt8($0) }, classes: Self.classes)
        let targets: ClassTargets = fromIndices ? .indices(Self.labels) : .distribution(Variable(oneHot))
        let loss = try tape.loss(objective, of: value, targets: targets)
        try tape.backward(from: loss)
        let (expected, gradient) = Self.expected()
        #expect(abs(Double(loss.value.floats[0]) - expected) < 1e-6)
        for (given, wanted) in zip(try #require(input.gradient).floats, gradient) {
            #expect(abs(Double(given) - wanted) < 1e-6)
        }
    }

    /// A teacher that is every member's own softmax at temperature 1 leaves no gradient: softmax - softmax.
    @Test func aTeacherTeachesEachMember() throws {
        let graph = try Self.graph()
        let objective = try ClassifierObjective(graph)
        let teacher = Check.random([Self.rows, Self.classes], "teacher")
        let repeated = (0..<Self.rows).flatMap { row in
            (0..<Self.members).flatMap { _ in teacher.floats[row * Self.classes..<(row + 1) * Self.classes] }
        }
        let input = Variable(
            Tensor(repeated, shape: [Self.rows, Self.members * Self.classes]), requiresGradient: true)
        let tape = Tape(on: try Compute())
        let value = try tape.run(graph, to: objective.value, inputs: [input], initializers: Self.scale)
        let loss = try tape.loss(
            of: value, teacher: teacher, targets: .indices(Self.labels), Distillation(share: 1, temperature: 1),
            objective)
        try tape.backward(from: loss)
        #expect(try #require(input.gradient).floats.allSatisfy { abs($0) < 1e-7 })
        #expect(loss.value.floats[0] > 0.5)
    }

    @Test func onlyAMeanOverMembersIsOne() throws {
        #expect(try ClassifierObjective(Self.graph(axis: 2)).members == 1)
        #expect(throws: PithError(.invalidGraph, "")) { try ClassifierObjective(Self.graph(keeps: 1)) }
    }

    /// The answers are those of the averaged probabilities, and a step's accuracy counts them.
    @Test(arguments: [1, 3])
    func answersAreTheMeans(members: Int) throws {
        let (features, count) = (members * Self.classes, 40)
        var stream = RandomStream(seed: 3, name: "pictures")
        let pixels = (0..<features * count).map { _ in UInt8(stream.uniform(in: 0..<255)) }
        let scale: Float = 9
        let averages = (0..<count).map { row in
            (0..<Self.classes).map { label in
                (0..<members).reduce(0.0) { sum, member in
                    let start = row * features + member * Self.classes
                    let x = (0..<Self.classes).map { Double.exp(Double(pixels[start + $0]) / 255 * Double(scale)) }
                    return sum + x[label] / x.reduce(0, +) / Double(members)
                }
            }
        }
        let labels = averages.enumerated().map { row, mean in
            UInt8(row % 4 == 0 ? row / 4 % Self.classes : mean.indices.max { mean[$0] < mean[$1] } ?? 0)
        }
        let examples = try TrainingExamples(pixels: pixels, labels: labels, height: members, width: Self.classes)
        var settings = TrainingSettings(model: "members", epochs: 1, learningRate: 0.1)
        settings.batchSize = count
        let trainer = try Trainer(
            graph: Self.graph(members: members), settings: settings, examples: examples,
            parameters: [Tensor([scale], shape: [1])])
        let evaluation = try trainer.evaluate(on: examples, compute: Compute())
        let answers = averages.map { mean in UInt8(mean.indices.max { mean[$0] < mean[$1] } ?? 0) }
        #expect(evaluation.answers == answers)
        for (given, mean) in zip(evaluation.answerProbabilities, averages) {
            #expect(abs(Double(given) - (mean.max() ?? 0)) < 1e-5)
        }
        let right = zip(labels, answers).count { $0 == $1 }
        #expect(try trainer.step(on: Compute()).correct == right)
        #expect(right < count)
    }
}
