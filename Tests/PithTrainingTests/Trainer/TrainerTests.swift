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

    /// With augmentation and a batch size that leaves a short last batch, and, at 70 examples, several portions.
    private static func settings(_ optimizer: TrainingSettings.OptimizerName) -> TrainingSettings {
        TrainingSettings(
            model: "test", epochs: 3, batchSize: 4, learningRate: optimizer == .sgd ? 0.01 : 0.001, schedule: .cosine,
            optimizer: optimizer, seed: 9,
            augmentation: Augmentation(shift: 1, rotate: 10, scale: 0.1, elastic: 1), validation: 3)
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
        let expected: [BuiltInModel: Int] = [.mlp: 266_610, .lenet5: 61_706, .cnn: 9_158]
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

    @Test func kernelsChangeNoBit() throws {
        var results: [[UInt8]] = []
        for set in InstructionSet.allCases where set.isSupported {
            let compute = try Compute(instructionSet: set, threads: 2)
            let trainer = try Trainer(
                graph: BuiltInModel.cnn.graph(), settings: Self.settings(.adam), examples: Self.examples())
            while !trainer.isFinished { _ = try trainer.step(on: compute) }
            results.append(try trainer.checkpoint().encoded())
        }
        #expect(!results.isEmpty)
        #expect(results.allSatisfy { $0 == results[0] })
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

    @Test(arguments: [1, 17, 34, 50], TrainingSettings.OptimizerName.allCases)
    func resumingChangesNoBit(steps: Int, optimizer: TrainingSettings.OptimizerName) throws {
        let whole = try Self.trained(.cnn, optimizer, threads: 2).checkpoint().encoded()
        let part = try Self.trained(.cnn, optimizer, threads: 2, steps: steps).checkpoint().encoded()
        let resumed = try Trainer(
            resuming: ModelFile.decode(part, expecting: .checkpoint), examples: Self.examples())
        #expect(resumed.stepsTaken == steps)
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

    @Test func lossThatIsNotFiniteStops() throws {
        var settings = Self.settings(.sgd)
        settings.learningRate = 1e30
        let trainer = try Trainer(graph: BuiltInModel.mlp.graph(), settings: settings, examples: Self.examples())
        #expect(throws: PithError(.nonFiniteLoss, "")) {
            while !trainer.isFinished { _ = try trainer.step(on: Compute()) }
        }
    }
}
