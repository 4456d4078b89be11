import Pith
import PithConversion
import PithFormat
import PithGraph
import PithMath
import Testing

/// The graphs of `samples/graphs`, each with weights that come without one.
@Suite("Sample graphs") struct SampleGraphTests {
    private static let folder =
        Fixtures.folder.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/samples/graphs/"

    /// Parameters as the networks' authors count them, and what the outputs are.
    static let networks: [(file: String, parameters: Int, output: String)] = [
        ("mlp.txt", 266_610, "logits"), ("lenet5.txt", 61_706, "logits"),
        ("pytorch-mnist.txt", 1_199_882, "log-probabilities"), ("mlx-mnist.txt", 26_506, "logits"),
    ]

    @Test("a graph takes its weights and runs", arguments: networks.indices) func runs(index: Int) throws {
        let network = Self.networks[index]
        let text = String(decoding: try SourceFile(path: Self.folder + network.file).all(), as: UTF8.self)
        let graph = try Graph(text: text)
        var weights = ModelFile(role: .weights)
        for id in graph.initializers {
            let shape = try graph[id].type.shape()
            var random = RandomStream(seed: 1, name: graph[id].name)
            let floats = (0..<shape.elementCount).map { _ in random.normal() / 16 }
            weights.tensors.append(
                try StoredTensor(
                    name: graph[id].name, elementType: .float32, shape: shape, bytes: Tensor(floats, shape: shape).bytes
                ))
        }
        #expect(weights.tensors.reduce(0) { $0 + $1.shape.elementCount } == network.parameters)
        var converter = try Converter()
        converter.options.graph = graph
        let file = try converter.convert(Exporter.export(weights, as: .pytorch))
        #expect(file.metadata[Metadata.outputKind] == .string(network.output))
        #expect(file.tensors == weights.tensors)
        #expect(try Model(file).verifyTestVectors() == 3)
    }
}
