import Pith
import PithConversion
import PithFormat
import PithGraph
import PithMath
import PithTraining
import Testing

/// What was trained is what runs: the trainer's forward and the runtime's give the same bits.
struct ParityTests {
    @Test(arguments: BuiltInModel.allCases)
    func trainerAndRuntimeAgree(model: BuiltInModel) throws {
        let graph = try model.graph()
        let weights = try Initialization.layers.values(for: graph, seed: 11)
        var stream = RandomStream(seed: 2, name: "pictures")
        let pictures = Tensor((0..<(3 * 784)).map { _ in stream.uniform() }, shape: [3, 784])

        let tape = Tape(on: try Compute(threads: 2))
        let trained = try tape.run(
            graph, to: graph.outputs[0], inputs: [Variable(pictures)], initializers: weights.map { Variable($0) }
        ).value

        var stored: [StoredTensor] = []
        for (id, weight) in zip(graph.initializers, weights) {
            stored.append(
                try StoredTensor(
                    name: graph[id].name, elementType: .float32, shape: weight.shape, bytes: weight.bytes))
        }
        let checkpoint = ModelFile(role: .checkpoint, graph: graph, tensors: stored)
        let file = try Converter().convert(checkpoint).encoded()
        var session = try Model(bytes: file).makeSession()
        #expect(try session.run(pictures) == trained)
        let alone = try session.run(Tensor(Array(pictures.floats[784..<1568]), shape: [1, 784]))
        #expect(alone.floats == Array(trained.floats[10..<20]))
    }
}
