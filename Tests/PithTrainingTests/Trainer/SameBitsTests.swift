import Pith
import PithFormat
import PithGraph
import PithMath
import PithTraining
import Testing

/// 200 steps with everything that draws random numbers or keeps state switched on, each way that must change no bit.
struct SameBitsTests {
    private static let extent = 8

    /// Convolution, batch normalisation, ReLU, pooling, dropout, a dense layer, softmax.
    private static func graph() throws -> Graph {
        var graph = Graph(name: "small")
        let pixels = try graph.addInput("pixels", ValueType(.float32, [.symbol("batch"), .fixed(extent * extent)]))
        let shape = try graph.add(.constant, [], [.valueInts: [0, 1, Int64(extent), Int64(extent)]])
        let images = try graph.add(.reshape, [pixels, shape])
        let filters = try graph.addInitializer("conv.weight", .float32, [5, 1, 3, 3])
        let statistics = try ["scale", "offset", "mean", "variance"].map { name in
            try graph.addInitializer("norm." + name, .float32, [5])
        }
        let hidden = try graph.add(.conv, [images, filters], [.pads: [1, 1, 1, 1]])
        let normal = try graph.add(.relu, [try graph.add(.batchNormalization, [hidden] + statistics)])
        let pooled = try graph.add(.maxPool, [normal], [.kernelShape: [2, 2], .strides: [2, 2]])
        let kept = try graph.add(.dropout, [try graph.add(.flatten, [pooled])])
        let weight = try graph.addInitializer("fc.weight", .float32, [10, 80])
        let bias = try graph.addInitializer("fc.bias", .float32, [10])
        let logits = try graph.add(.gemm, [kept, weight, bias], [.transB: 1])
        try graph.addOutput(try graph.add(.softmax, [logits]), name: "probabilities")
        return graph
    }

    /// 8 batches of 15, the last of them short by one.
    private static func examples() throws -> TrainingExamples {
        var stream = RandomStream(seed: 3, name: "examples")
        let labels = (0..<119).map { UInt8($0 % 10) }
        let pixels = labels.flatMap { label in
            (0..<(extent * extent)).map { index in
                UInt8(stream.next(below: 128) + (index % 10 == Int(label) ? 127 : 0))
            }
        }
        return try TrainingExamples(pixels: pixels, labels: labels, height: extent, width: extent)
    }

    private static func trainer() throws -> Trainer {
        var settings = TrainingSettings(model: "small", epochs: 25, learningRate: 0.02)
        settings.batchSize = 15
        settings.shards = 2
        settings.optimizer = .nesterov
        settings.schedule = LearningRateSchedule.oneCycle.warmedUp(over: 20)
        settings.labelSmoothing = 0.05
        settings.gradientNorm = 2
        settings.averageDecay = 0.95
        settings.augmentation = Augmentation(shift: 1, rotate: 5, scale: 0.1, elastic: 0.5)
        return try Trainer(graph: graph(), settings: settings, examples: examples())
    }

    /// - Parameter stops: Steps at which the training is written, forgotten and resumed.
    private static func trained(_ compute: Compute, stops: [Int] = []) throws -> Trainer {
        var trainer = try trainer()
        while !trainer.isFinished {
            _ = try trainer.step(on: compute)
            guard stops.contains(trainer.stepsTaken) else { continue }
            let bytes = try trainer.checkpoint().encoded()
            trainer = try Trainer(resuming: ModelFile.decode(bytes, expecting: .checkpoint), examples: examples())
        }
        return trainer
    }

    @Test func twoHundredStepsEachWay() throws {
        let whole = try Self.trained(Compute(threads: 1))
        #expect(whole.stepsTaken == 200)
        let accuracy = try whole.accuracy(on: Self.examples(), compute: .single)
        #expect(accuracy > 0.5, "\(accuracy)")
        let expected = try whole.checkpoint().encoded()
        func check(_ trainer: Trainer, _ how: String) throws {
            #expect(try trainer.checkpoint().encoded() == expected, "\(how)")
        }
        for threads in 2...3 { try check(Self.trained(Compute(threads: threads)), "\(threads) threads") }
        let sets = InstructionSet.allCases.filter(\.isSupported)
        #expect(sets.count > 1)
        for (index, set) in sets.enumerated() {
            try check(Self.trained(Compute(instructionSet: set, threads: 1 + index % 3)), "\(set)")
        }
        try check(Self.trained(Compute(threads: 2), stops: [1, 73, 136, 199]), "resumed")
    }

    /// What was trained runs as it is: normalisation by the running statistics, nothing dropped.
    @Test func runtimeGivesTheForwardOfTheTrainer() throws {
        let trainer = try Self.trained(Compute(threads: 2))
        let pictures = Check.random([7, Self.extent * Self.extent], "pictures", in: 0..<1)
        let tape = Tape(on: try Compute(threads: 2))
        let graph = trainer.graph
        let forward = try tape.run(
            graph, to: graph.outputs[0], inputs: [Variable(pictures)],
            initializers: trainer.parameters.map { Variable($0) }
        ).value
        let tensors = try zip(graph.initializers, trainer.parameters).map { id, tensor in
            try StoredTensor(name: graph[id].name, elementType: .float32, shape: tensor.shape, bytes: tensor.bytes)
        }
        let file = ModelFile(role: .model, graph: graph, tensors: tensors)
        var session = try Model(bytes: file.encoded()).makeSession()
        #expect(try session.run(pictures) == forward)
    }
}
