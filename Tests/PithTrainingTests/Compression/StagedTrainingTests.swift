import Foundation
import PithFormat
import PithGraph
import PithMath
import PithTraining
import Testing

@Suite("Training by recipes") struct StagedTrainingTests {
    private static let text = """
        # A comment.
        model: mlp
        teacher: teacher.pith
        temperature: 2   # holds for every stage
        teacher-share: 0.75
        batch: 8

        stage: dense
        epochs: 1
        lr: 0.02

        stage: prune
        units: fc1=20 fc2=12
        epochs: 2
        lr: 0.02
        nonzeros: 900
        prune-every: 3
        regrow-until: 0.8
        l1: 1e-4
        augment: shift=1

        stage: palette
        epochs: 2
        lr: 0.01
        optimizer: adam
        nonzeros: 900
        pruned-by: 0.1
        palette: weights=4 biases=8 fc3.weight=6
        palette-fixed-by: 0.7
        """

    private static func examples() throws -> TrainingExamples {
        var stream = RandomStream(seed: 5, name: "examples")
        let patterns = (0..<10).map { _ in (0..<784).map { _ in stream.uniform() < 0.2 } }
        var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
        for index in 0..<60 {
            labels.append(UInt8(index % 10))
            for on in patterns[index % 10] { pixels.append(UInt8(stream.next(below: 100)) + (on ? 150 : 0)) }
        }
        return try TrainingExamples(pixels: pixels, labels: labels, height: 28, width: 28)
    }

    private static func teacher() throws -> Teacher {
        let graph = try BuiltInModel.cnn.graph()
        var file = ModelFile(role: .model, graph: graph)
        for (id, tensor) in zip(graph.initializers, try Initialization.kaiming.values(for: graph, seed: 3)) {
            file.tensors.append(
                try StoredTensor(name: graph[id].name, elementType: .float32, shape: tensor.shape, bytes: tensor.bytes))
        }
        return try Teacher(file)
    }

    /// The checkpoints after each of some numbers of steps, and at the end.
    private static func train(_ training: inout StagedTraining, threads: Int, steps: Int = .max) throws {
        let compute = try Compute(threads: threads)
        var taken = 0
        repeat {
            while !training.trainer.isFinished {
                guard taken < steps else { return }
                _ = try training.trainer.step(on: compute)
                taken += 1
            }
        } while try training.advance()
    }

    private static func started() throws -> StagedTraining {
        try StagedTraining(
            CompressionRecipe(text: text), examples: examples(), teacher: teacher(), seed: 4, validation: 4)
    }

    @Test func threadsAndInterruptionsChangeNoBit() throws {
        var whole = try Self.started()
        try Self.train(&whole, threads: 1)
        let expected = try whole.checkpoint().encoded()
        var threaded = try Self.started()
        try Self.train(&threaded, threads: 3)
        #expect(try threaded.checkpoint().encoded() == expected)
        // In each stage: inside an epoch, while pruning, before and after masks and assignments are fixed.
        for steps in [3, 7, 9, 15, 20, 22, 23, 27, 31, 34] {
            var part = try Self.started()
            try Self.train(&part, threads: 2, steps: steps)
            let file = try ModelFile.decode(part.checkpoint().encoded(), expecting: .checkpoint)
            #expect(StagedTraining.made(file))
            var resumed = try StagedTraining(resuming: file, examples: Self.examples())
            try Self.train(&resumed, threads: 1)
            #expect(try resumed.checkpoint().encoded() == expected, "after \(steps) steps")
        }
    }

    @Test func givesWhatTheRecipeAsks() throws {
        var training = try Self.started()
        try Self.train(&training, threads: 2)
        let trainer = training.trainer
        #expect(trainer.parameters[0].shape[1] == 784 && trainer.parameters[0].shape[0] <= 20)
        #expect(trainer.parameters[2].shape[0] <= 12)
        var nonzeros = 0
        for (id, tensor) in zip(trainer.graph.initializers, trainer.parameters) {
            let values = Set(tensor.floats.map(\.bitPattern)).subtracting([0])
            let most = tensor.shape.rank < 2 ? 8 : trainer.graph[id].name == "fc3.weight" ? 6 : 4
            #expect(values.count <= most)
            #expect(values.allSatisfy { $0 & 0xFFFF == 0 })
            if tensor.shape.rank == 2 { nonzeros += tensor.floats.filter { $0 != 0 }.count }
        }
        #expect(nonzeros <= 900 && nonzeros > 400)
        #expect(trainer.settings.augmentation == .none)
        #expect(trainer.settings.compression?.distillation == Distillation(share: 0.75, temperature: 2))
        #expect(trainer.settings.epochsBefore == 3)
    }

    @Test func settingsAreReadBackAsTheyAre() throws {
        for stage in try CompressionRecipe(text: Self.text).stages {
            let settings = try #require(stage.settings.compression)
            #expect(try CompressionSettings(text: settings.text) == settings)
        }
        #expect(try CompressionSettings(text: CompressionSettings().text) == CompressionSettings())
    }

    @Test(arguments: [
        "model: mlp", "stage: a", "model: nothing\nstage: a", "model: mlp\nstage: a\nepoch: 3",
        "model: mlp\nstage: a\nlr",
        "model: mlp\nstage: a\nlr: fast", "model: mlp\nstage: a\nunits: fc1", "model: mlp\nstage: a\nunits: fc1=0",
        "model: mlp\nstage: a\npalette: weights=1", "model: mlp\nstage: a\npalette: weights",
        "model: mlp\nstage: a\nepochs: 0",
        "model: mlp\nstage: a\ncriterion: best", "model: mlp\nstage: a\nregrow-until: 2",
        "model: mlp\nteacher: t\nstage: a\nteacher-share: 2",
        "model: mlp\nstage: a\nteacher-share: 0.5", "model: mlp\nstage: a\nunits: fc1=20\nstage: b",
        "model: mlp\nunits: fc1=20\nstage: a\nstage: b", "model: mlp\nstage: a\nunits: =20",
        "stage: a\nmodel: mlp", "model: mlp\nstage: a\nteacher: t", "model: mlp\nstage: \u{1B}[31mred",
        "model: mlp\nstage: a\nepochs: 9223372036854775807", "model: mlp\nstage: a\nbatch: 9223372036854775807",
        "model: mlp\nstage: a\nshards: 1000000", "model: mlp\nstage: a\nlr: nan", "model: mlp\nstage: a\nl1: inf",
        "model: mlp\nstage: a\npalette: weights=257", "model: mlp\nstage: a\npalette-from: 0.9",
        "model: mlp\nstage: a\nschedule: step:0", "model: mlp\nstage: a\naugment: shift=1000",
    ])
    func refusesOtherTexts(text: String) {
        let error = #expect(throws: PithError.self) { try CompressionRecipe(text: text) }
        #expect(error?.code == .malformed || error?.code == .invalidArgument)
    }

    @Test func whatIsWrongIsSaidWithoutControlCharacters() throws {
        let error = #expect(throws: PithError.self) {
            try CompressionRecipe(text: "model: mlp\r\n# two\r\nstage: a\r\nepo\u{7}chs: 3\u{1B}[2J")
        }
        let text = try #require(error).description
        #expect(text.contains("line 4") && text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(PithError(.malformed, "a\u{1B}[2J\n\u{9B}b").description == #"a\u{1b}[2J\u{a}\u{9b}b"#)
    }

    /// Every fault of a later stage that can be known is known before the first has trained.
    @Test(arguments: [
        ("units: fc1=301", "300 units"), ("units: fc9=3", "fc1.weight"), ("units: fc3=3", "fc1.weight"),
        ("palette: fc9.weight=4", "fc9.weight"), ("nonzeros: 10\nema: 0.9", "average"),
    ])
    func laterStagesAreCheckedFirst(line: String, said: String) throws {
        let recipe = try CompressionRecipe(text: "model: mlp\nstage: first\nstage: then\n" + line)
        let error = #expect(throws: PithError.self) {
            try StagedTraining(recipe, examples: Self.examples(), teacher: nil)
        }
        let text = try #require(error).description
        #expect(text.contains("'then'") && text.contains(said), "\(text)")
    }

    /// A layer that pruning empties: the checkpoint goes on, and the model is one.
    @Test func aLayerThatIsEmptiedResumes() throws {
        let text = """
            model: mlp
            batch: 8
            stage: a
            nonzeros: 12
            criterion: magnitude
            pruned-by: 0.2
            palette: weights=4
            """
        func started() throws -> StagedTraining {
            try StagedTraining(CompressionRecipe(text: text), examples: Self.examples(), teacher: nil)
        }
        var whole = try started()
        try Self.train(&whole, threads: 1)
        let emptied = whole.trainer.parameters.filter { $0.shape.rank == 2 && $0.floats.allSatisfy { $0 == 0 } }
        #expect(!emptied.isEmpty)
        var part = try started()
        try Self.train(&part, threads: 1, steps: 5)
        var resumed = try StagedTraining(
            resuming: ModelFile.decode(part.checkpoint().encoded()), examples: Self.examples())
        try Self.train(&resumed, threads: 1)
        #expect(try resumed.checkpoint().encoded() == whole.checkpoint().encoded())
        let model = try whole.trainer.model()
        #expect(try ModelFile.decode(model.encoded()).tensors.count == model.tensors.count)
    }

    @Test func asksForATeacherAndNoAverage() throws {
        let recipe = try CompressionRecipe(text: Self.text)
        #expect(throws: PithError(.invalidArgument, "")) {
            try StagedTraining(recipe, examples: Self.examples(), teacher: nil)
        }
        let averaged = try CompressionRecipe(text: "model: mlp\nstage: a\nnonzeros: 10\nema: 0.9")
        #expect(throws: PithError(.invalidArgument, "")) {
            try StagedTraining(averaged, examples: Self.examples(), teacher: nil)
        }
    }

    @Test func damagedStateIsRefused() throws {
        var training = try Self.started()
        try Self.train(&training, threads: 1, steps: 30)
        let whole = try training.checkpoint()
        for name in ["mask", "assignment", "trained", "entries"] {
            let position = try #require(whole.tensors.firstIndex { $0.name == "compression/fc1.weight/\(name)" })
            let old = whole.tensors[position]
            var file = whole
            file.tensors[position] = try StoredTensor(
                name: old.name, elementType: .uint8, shape: [3], bytes: [200, 200, 200])
            #expect(throws: PithError(.malformed, "")) {
                try StagedTraining(resuming: file, examples: Self.examples())
            }
        }
    }

    /// The loss of Hinton, Vinyals and Dean in float64.
    @Test func distillationIsThePapers() throws {
        let (scores, teacher) = (Check.random([3, 4], "s", in: -2..<2), Check.random([3, 4], "t", in: -2..<2))
        let labels = [2, 0, 3]
        func softmax(_ row: ArraySlice<Float>, _ temperature: Double) -> [Double] {
            let powers = row.map { Foundation.exp(Double($0) / temperature) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
        var (soft, hard) = (0.0, 0.0)
        for row in 0..<3 {
            let range = row * 4..<row * 4 + 4
            let (p, q) = (softmax(teacher.floats[range], 3), softmax(scores.floats[range], 3))
            for (p, q) in zip(p, q) { soft -= p * Foundation.log(q) / 3 }
            hard -= Foundation.log(softmax(scores.floats[range], 1)[labels[row]]) / 3
        }
        let tape = try Tape(on: Compute())
        let graph = try BuiltInModel.mlp.graph()
        let variable = Variable(scores, requiresGradient: true)
        let loss = try tape.loss(
            of: variable, teacher: teacher, targets: .indices(labels), Distillation(share: 0.6, temperature: 3),
            ClassifierObjective(graph))
        #expect(abs(Double(loss.value.floats[0]) - (0.6 * 9 * soft + 0.4 * hard)) < 1e-5)
        try tape.backward(from: loss)
        #expect(variable.gradient?.floats.contains { $0 != 0 } == true)
    }
}
