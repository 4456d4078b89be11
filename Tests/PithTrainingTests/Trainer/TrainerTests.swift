import Foundation
import PithFormat
import PithGraph
import PithMath
import PithTraining
import Testing

struct TrainerTests {
    /// Ten noisy patterns, one per class.
    private static func examples() throws -> TrainingExamples {
        var stream = RandomStream(seed: 5, name: "examples")
        let patterns = (0..<10).map { _ in (0..<784).map { _ in stream.uniform() < 0.2 } }
        var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
        for index in 0..<70 {
            labels.append(UInt8(index % 10))
            for on in patterns[index % 10] { pixels.append(UInt8(stream.next(below: 100)) + (on ? 150 : 0)) }
        }
        return try TrainingExamples(pixels: pixels, labels: labels, height: 28, width: 28)
    }

    /// Everything switched on, and a batch size that leaves a short last batch and, at 67 examples, several portions.
    private static func settings(_ optimizer: TrainingSettings.OptimizerName) -> TrainingSettings {
        var settings = TrainingSettings(
            model: "test", epochs: 3, learningRate: optimizer == .sgd || optimizer == .nesterov ? 0.01 : 0.001)
        settings.batchSize = 4
        settings.schedule = LearningRateSchedule.cosine.warmedUp(over: 5)
        settings.optimizer = optimizer
        settings.weightDecay = 0.001
        settings.labelSmoothing = 0.1
        settings.gradientNorm = 1
        settings.averageDecay = 0.9
        settings.augmentation = Augmentation(shift: 1, rotate: 10, scale: 0.1, elastic: 1)
        settings.validation = 3
        settings.seed = 9
        return settings
    }

    private static func trained(
        _ model: BuiltInModel, _ optimizer: TrainingSettings.OptimizerName, threads: Int, steps: Int = .max
    ) throws -> Trainer {
        let trainer = try Trainer(graph: model.graph(), settings: settings(optimizer), examples: examples())
        let compute = try Compute(threads: threads)
        while !trainer.isFinished, trainer.stepsTaken < steps { _ = try trainer.step(on: compute) }
        return trainer
    }

    @Test func sizesOfTheModels() throws {
        let expected: [BuiltInModel: Int] = [
            .mlp: 266_610, .lenet5: 61_706, .lenet5Caffe: 431_080, .cnn: 9_578, .cnnLarge: 333_396,
        ]
        for model in BuiltInModel.allCases {
            let trainer = try Trainer(graph: model.graph(), settings: Self.settings(.sgd), examples: Self.examples())
            #expect(trainer.parameterCount == expected[model])
        }
    }

    @Test(arguments: BuiltInModel.allCases)
    func threadsChangeNoBit(_ model: BuiltInModel) throws {
        let one = try Self.trained(model, .sgd, threads: 1).checkpoint().encoded()
        for threads in 2...3 {
            #expect(try Self.trained(model, .sgd, threads: threads).checkpoint().encoded() == one)
        }
    }

    @Test func validationIsSplitOff() throws {
        let all = try Self.examples()
        let trainer = try Trainer(graph: BuiltInModel.mlp.graph(), settings: Self.settings(.sgd), examples: all)
        let validation = try #require(trainer.validation)
        #expect(trainer.examples.count == 67)
        #expect(validation.count == 3)
        func rows(_ examples: TrainingExamples) -> [[UInt8]] {
            (0..<examples.count).map {
                Array(examples.pixels[($0 * 784)..<(($0 + 1) * 784)]) + [examples.labels[$0]]
            }
        }
        #expect(Set(rows(trainer.examples) + rows(validation)) == Set(rows(all)))
        var settings = Self.settings(.sgd)
        settings.validation = 70
        #expect(throws: PithError(.invalidArgument, "")) {
            try Trainer(graph: BuiltInModel.mlp.graph(), settings: settings, examples: all)
        }
    }

    @Test(arguments: [17, 34], TrainingSettings.OptimizerName.allCases)
    func resumingChangesNoBit(steps: Int, optimizer: TrainingSettings.OptimizerName) throws {
        let whole = try Self.trained(.cnn, optimizer, threads: 2).checkpoint().encoded()
        let part = try Self.trained(.cnn, optimizer, threads: 2, steps: steps).checkpoint().encoded()
        let resumed = try Trainer(
            resuming: ModelFile.decode(part, expecting: .checkpoint), examples: Self.examples())
        #expect(resumed.stepsTaken == steps)
        #expect(resumed.settings == Self.settings(optimizer))
        let compute = try Compute()
        while !resumed.isFinished { _ = try resumed.step(on: compute) }
        #expect(try resumed.checkpoint().encoded() == whole)
    }

    @Test func learns() throws {
        // Noise has nothing that a turned picture keeps.
        var settings = Self.settings(.adam)
        settings.augmentation = .none
        let trainer = try Trainer(graph: BuiltInModel.mlp.graph(), settings: settings, examples: Self.examples())
        let compute = try Compute(threads: 2)
        while !trainer.isFinished { _ = try trainer.step(on: compute) }
        #expect(try trainer.accuracy(on: Self.examples(), compute: Compute()) > 0.9)
    }

    @Test func refusesOtherExamplesAndOtherFiles() throws {
        let checkpoint = try Self.trained(.mlp, .sgd, threads: 1, steps: 1).checkpoint()
        let few = try TrainingExamples(pixels: [UInt8](repeating: 0, count: 784), labels: [1], height: 28, width: 28)
        #expect(throws: PithError(.invalidArgument, "")) { try Trainer(resuming: checkpoint, examples: few) }
        var model = checkpoint
        model.role = .model
        #expect(throws: PithError(.wrongRole, "")) { try Trainer(resuming: model, examples: Self.examples()) }
        var cut = checkpoint
        cut.metadata["training.step"] = nil
        #expect(throws: PithError(.malformed, "")) { try Trainer(resuming: cut, examples: Self.examples()) }
    }

    @Test func graphWithAnOperatorWithoutGradientIsRefusedByName() throws {
        var graph = Graph(name: "top")
        let pixels = try graph.addInput("pixels", ValueType(.float32, [.symbol("batch"), .fixed(784)]))
        let weight = try graph.addInitializer("w", .float32, [12, 784])
        let hidden = try graph.add(.gemm, [pixels, weight], [.transB: 1])
        let count = try graph.add(.constant, [], [.valueInts: [10]])
        try graph.addOutput(try graph.add(.topK, [hidden, count]), name: "scores")
        let error = #expect(throws: PithError.self) {
            try Trainer(graph: graph, settings: Self.settings(.sgd), examples: Self.examples())
        }
        #expect(error?.code == .unsupportedOperation)
        #expect(error?.reason == "TopK has no gradient")
        #expect(error?.location.node?.contains("TopK") == true)
    }

    @Test func lossThatIsNotFiniteStopsAndSaysWhere() throws {
        var settings = Self.settings(.sgd)
        settings.learningRate = 1e30
        settings.gradientNorm = 0
        let trainer = try Trainer(graph: BuiltInModel.mlp.graph(), settings: settings, examples: Self.examples())
        let error = #expect(throws: PithError.self) {
            while !trainer.isFinished { _ = try trainer.step(on: Compute()) }
        }
        #expect(error?.code == .nonFiniteLoss)
        #expect(error?.reason.contains("at step \(trainer.stepsTaken + 1)") == true)
        #expect(error?.location.node?.contains("weight") == true || error?.location.tensor?.contains("fc") == true)
        #expect(error?.advice.contains("learning rate") == true)
    }

    /// Adam's steps are bounded, so that its loss stays finite, if useless.
    @Test(arguments: [BuiltInModel.mlp, .lenet5], [TrainingSettings.OptimizerName.sgd, .nesterov])
    func aRateOfAMillionNamesStepLayerAndAdvice(
        _ model: BuiltInModel, _ optimizer: TrainingSettings.OptimizerName
    ) throws {
        var settings = TrainingSettings(model: "test", epochs: 40, learningRate: 1e6)
        settings.optimizer = optimizer
        settings.batchSize = 10
        let trainer = try Trainer(graph: model.graph(), settings: settings, examples: Self.examples())
        let compute = try Compute(threads: 2)
        let error = #expect(throws: PithError.self) {
            while !trainer.isFinished { _ = try trainer.step(on: compute) }
        }
        #expect(error?.code == .nonFiniteLoss)
        #expect(error?.reason.contains("at step \(trainer.stepsTaken + 1)") == true)
        #expect(error?.location.node?.contains(".weight)") == true || error?.location.tensor != nil)
        #expect(error?.advice.contains("lower learning rate") == true)
    }

    @Test func aStepThatLosesTheWeightsWritesNoCheckpoint() throws {
        var settings = Self.settings(.sgd)
        settings.learningRate = 1e300
        let trainer = try Trainer(graph: BuiltInModel.mlp.graph(), settings: settings, examples: Self.examples())
        _ = try trainer.step(on: .single)
        let error = #expect(throws: PithError.self) { try trainer.checkpoint() }
        #expect(error?.code == .nonFiniteLoss && error?.location.tensor == "fc1.weight")
        #expect(error?.reason.contains("step 1") == true)
    }

    /// As graphs have that come from elsewhere: the order of the pixels as an initializer.
    @Test func integersAmongTheWeightsStayAsTheyAre() throws {
        var graph = Graph(name: "gather")
        let pixels = try graph.addInput("pixels", ValueType(.float32, [.symbol("batch"), .fixed(784)]))
        let order = try graph.addInitializer("order", .int64, [300])
        let weight = try graph.addInitializer("w", .float32, [784, 10])
        let chosen = try graph.add(.gather, [weight, order])
        let some = try graph.add(.gather, [pixels, order], [.axis: 1])
        try graph.addOutput(try graph.add(.matMul, [some, chosen]), name: "logits")
        let positions = Tensor(integers: (0..<300).map { $0 * 7 % 784 }, shape: [300])
        let examples = try Self.examples()
        let first = Check.random([784, 10], "w", in: -0.05..<0.05)
        func trained(stopping step: Int?) throws -> Trainer {
            var trainer = try Trainer(
                graph: graph, settings: Self.settings(.sgd), examples: examples, parameters: [positions, first])
            while !trainer.isFinished {
                _ = try trainer.step(on: .single)
                guard trainer.stepsTaken == step else { continue }
                let file = try ModelFile.decode(trainer.checkpoint().encoded(), expecting: .checkpoint)
                trainer = try Trainer(resuming: file, examples: examples)
            }
            return trainer
        }
        let (whole, resumed) = (try trained(stopping: nil), try trained(stopping: 20))
        #expect(try whole.checkpoint().encoded() == resumed.checkpoint().encoded())
        #expect(resumed.parameters[0] == positions && resumed.parameters[1] != first)
        #expect(resumed.averagedParameters?[0] == positions && resumed.parameterCount == 7840)
    }

    @Test func lossNamesTheFirstLayerThatOverflows() throws {
        let graph = try BuiltInModel.mlp.graph()
        var weights = try Initialization.layers.values(for: graph, seed: 1)
        weights[2] = Tensor([Float](repeating: 3e38, count: weights[2].count), shape: weights[2].shape)
        let trainer = try Trainer(
            graph: graph, settings: Self.settings(.sgd), examples: Self.examples(), parameters: weights)
        let error = #expect(throws: PithError.self) { try trainer.step(on: Compute()) }
        #expect(error?.location.node == "Gemm #2 (fc2.weight)")
        weights[4] = Tensor([Float](repeating: .nan, count: weights[4].count), shape: weights[4].shape)
        let other = try Trainer(
            graph: graph, settings: Self.settings(.sgd), examples: Self.examples(), parameters: weights)
        #expect(#expect(throws: PithError.self) { try other.step(on: Compute()) }?.location.tensor == "fc3.weight")
    }

    @Test func startsFromWeightsOrTheirAverage() throws {
        let trained = try Self.trained(.mlp, .adamw, threads: 2)
        let file = try trained.checkpoint()
        let last = try Trainer(startingFrom: file, settings: Self.settings(.sgd), examples: Self.examples())
        #expect(last.parameters == trained.parameters)
        #expect(last.stepsTaken == 0)
        let averaged = try Trainer(
            startingFrom: file, averaged: true, settings: Self.settings(.sgd), examples: Self.examples())
        #expect(averaged.parameters == trained.averagedParameters)
        #expect(averaged.parameters != last.parameters)
    }

    @Test func evaluationCountsAndSorts() throws {
        let trainer = try Trainer(
            graph: BuiltInModel.mlp.graph(), settings: Self.settings(.sgd), examples: Self.examples())
        let result = try trainer.evaluate(on: Self.examples(), compute: Compute())
        #expect(result.confusion.joined().reduce(0, +) == 70)
        #expect(result.confusion.map { $0.reduce(0, +) } == [Int](repeating: 7, count: 10))
        #expect((0..<10).reduce(0) { $0 + result.confusion[$1][$1] } == result.correct)
        let worst = result.worstMistakes(70)
        #expect(worst.count == 70 - result.correct)
        #expect(
            zip(worst, worst.dropFirst()).allSatisfy { result.truthProbabilities[$0] <= result.truthProbabilities[$1] })
        let mean = result.truthProbabilities.reduce(0) { $0 - log(Double($1)) } / 70
        #expect(abs(mean - result.loss) < 1e-4)
    }
}
