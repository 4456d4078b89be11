import PithGraph
import PithMath
import PithTraining
import Testing

/// Bounds of `torch.nn.init`, worked out here from the shapes.
@Suite struct InitializationTests {
    private static let bounds: [(name: String, fanIn: Float, fanOut: Float)] = [
        ("conv1.weight", 25, 150), ("conv2.weight", 150, 400), ("fc1.weight", 400, 120), ("fc3.weight", 84, 10),
    ]

    @Test(arguments: Initialization.allCases)
    func weightsFillTheirBounds(_ initialization: Initialization) throws {
        let graph = try BuiltInModel.lenet5.graph()
        let values = try initialization.values(for: graph, seed: 3)
        for (id, value) in zip(graph.initializers, values) where graph[id].name.hasSuffix("bias") {
            #expect(value.floats.allSatisfy { $0 == 0 } == (initialization != .layers))
        }
        for (name, fanIn, fanOut) in Self.bounds {
            let index = try #require(graph.initializers.firstIndex { graph[$0].name == name })
            let bound =
                switch initialization {
                case .layers: 1 / fanIn.squareRoot()
                case .kaiming: (6 / fanIn).squareRoot()
                case .xavier: (6 / (fanIn + fanOut)).squareRoot()
                }
            let floats = values[index].floats
            let greatest = floats.reduce(0) { max($0, abs($1)) }
            #expect(greatest <= bound && greatest > 0.9 * bound)
            let variance = floats.reduce(0) { $0 + $1 * $1 } / Float(floats.count)
            #expect(abs(variance / (bound * bound / 3) - 1) < 0.35)
        }
    }
}
