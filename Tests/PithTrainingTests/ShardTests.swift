import PithGraph
import PithMath
import PithTraining
import Testing

/// Blocks of a batch that are computed apart.
struct ShardTests {
    private static func result(shards: Int, threads: Int, rows: Int = 13) throws -> GradientComputation.Result {
        let graph = try BuiltInModel.cnn.graph()
        let computation = GradientComputation(graph, objective: try ClassifierObjective(graph), shards: shards)
        var dropout = RandomStream(seed: 1, name: "dropout")
        return try computation.run(
            Check.random([rows, 784], "pictures", in: 0..<1), labels: (0..<rows).map { $0 % 10 },
            parameters: Initialization.layers.values(for: graph, seed: 3), dropout: &dropout,
            on: Compute(threads: threads))
    }

    @Test(arguments: [1, 2, 3, 5, 13])
    func threadsChangeNoBit(_ shards: Int) throws {
        let one = try Self.result(shards: shards, threads: 1)
        for threads in 2...3 {
            let other = try Self.result(shards: shards, threads: threads)
            #expect(other.loss == one.loss && other.scores == one.scores && other.gradients == one.gradients)
        }
    }

    @Test(arguments: [2, 3, 5, 13, 40])
    func blocksAddUpToTheBatch(_ shards: Int) throws {
        let (whole, parts) = (try Self.result(shards: 1, threads: 1), try Self.result(shards: shards, threads: 2))
        #expect(abs(whole.loss - parts.loss) < 1e-5)
        #expect(whole.scores == parts.scores)
        for (a, b) in zip(whole.gradients, parts.gradients) {
            let expected = try #require(a).floats.map { Double($0) }
            #expect(Fixture.distance(try #require(b).floats, expected) < 1e-5)
        }
    }

    /// Float addition is not associative, so the tree shows: 1 + 2^-24 is 1, but twice 2^-24 first is not.
    @Test func blocksAreAddedInATree() {
        func sum(_ numbers: [Float]) -> Float? {
            BlockReduction.sum(numbers.map { [Tensor([$0], shape: [1]), nil] }, on: .single)[0]?.floats[0]
        }
        let small: Float = 0x1p-24
        #expect(sum([1, 0, small, small]) == 1 + 2 * small)
        #expect(sum([1, small, small]) == 1)
        #expect(sum([5]) == 5)
    }

    @Test func noShardsAreRefused() throws {
        #expect(throws: PithError(.invalidArgument, "")) {
            var settings = TrainingSettings(model: "test", epochs: 1, learningRate: 0.1)
            settings.shards = 0
            let examples = try TrainingExamples(
                pixels: [UInt8](repeating: 0, count: 784), labels: [1], height: 28, width: 28)
            _ = try Trainer(graph: BuiltInModel.mlp.graph(), settings: settings, examples: examples)
        }
    }
}
