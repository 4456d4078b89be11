import Foundation
import PithGraph
import Testing

/// The graphs of `samples/graphs`.
@Suite("Sample graphs") struct SampleGraphTests {
    @Test(arguments: ["mlp", "lenet5", "pytorch-mnist", "mlx-mnist"])
    func readsAndGivesTenClasses(name: String) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../samples/graphs/\(name).txt")
        let graph = try Graph(text: String(contentsOf: file, encoding: .utf8))
        #expect(graph.name == name.replacingOccurrences(of: "-", with: "_"))
        #expect(graph.outputs.map { graph[$0].type.description } == ["float[batch,10]"])
        #expect(try Graph(text: graph.text) == graph)
    }
}
