import PithConversion
import PithGraph
import PithMath
import Testing

@Suite("Passes") struct PassTests {
    private func run(_ graph: WeightedGraph, _ inputs: [Tensor]) throws -> [Tensor] {
        let weights = try graph.graph.initializers.map { try #require(graph.weights[graph.graph[$0].name]) }
        return try Execution.run(graph.graph, inputs: inputs, initializers: weights, on: .single)
    }

    @Test("shape arithmetic, branches on a constant and equal constants fold away, and no bit changes")
    func constants() throws {
        let text = """
            folds (float[2,3,4] x) => (float[2,12] y)
            <float[4] w, float[4] same> {
              shape = Shape (x)
              zero = Constant <value = int64[1] {0}> ()
              first = Gather (shape, zero)
              rest = Constant <value_ints = [-1]> ()
              target = Concat <axis = 0> (first, rest)
              yes = Constant <value = bool[] {1}> ()
              chosen = If <then_branch = t (float[4] a) => (float[4] r) { r = Neg (a) },
                           else_branch = e (float[4] a) => (float[4] r) { r = Abs (a) }> (yes, w)
              sum = Add (x, chosen)
              more = Mul (sum, same)
              last = Mul (more, w)
              y = Reshape (last, target)
            }
            """
        let weight = Tensor([1, -2, 3, -4], shape: [4])
        let graph = try WeightedGraph(Graph(text: text), weights: ["w": weight, "same": weight])
        let folded = try graph.foldingConstants()
        #expect(!folded.graph.nodes.contains { [.if, .neg, .abs].contains($0.op) })
        #expect(folded.graph.initializers.count == 1)
        #expect(folded.graph.nodes.count < graph.graph.nodes.count)
        var stream = RandomStream(seed: 3, name: "x")
        let x = Tensor((0..<24).map { _ in stream.normal() }, shape: [2, 3, 4])
        #expect(try run(folded, [x]) == run(graph, [x]))
    }

    @Test("a batch normalization goes into the convolution before it, within float32's rounding")
    func batchNormalization() throws {
        let text = """
            normal (float[1,2,5,5] x) => (float[1,3,3,3] y)
            <float[3,2,3,3] w, float[3] b, float[3] s, float[3] o, float[3] m, float[3] v> {
              c = Conv (x, w, b)
              y = BatchNormalization (c, s, o, m, v)
            }
            """
        var stream = RandomStream(seed: 4, name: "weights")
        var weights: [String: Tensor] = ["w": Tensor((0..<54).map { _ in stream.normal() }, shape: [3, 2, 3, 3])]
        for name in ["b", "s", "o", "m"] { weights[name] = Tensor((0..<3).map { _ in stream.normal() }, shape: [3]) }
        weights["v"] = Tensor([0.5, 1, 2], shape: [3])
        let graph = try WeightedGraph(Graph(text: text), weights: weights)
        let folded = try graph.foldingBatchNormalization()
        #expect(folded.changed == ["w"])
        #expect(folded.graph.graph.nodes.map(\.op) == [.conv])
        let x = Tensor((0..<50).map { _ in stream.normal() }, shape: [1, 2, 5, 5])
        for (a, b) in zip(try run(folded.graph, [x])[0].floats, try run(graph, [x])[0].floats) {
            #expect(abs(a - b) < 1e-4)
        }
    }
}
