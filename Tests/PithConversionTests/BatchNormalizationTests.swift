import Pith
import PithConversion
import PithFormat
import PithGraph
import PithMath
import Testing

@Suite("Folding batch normalisation") struct BatchNormalizationTests {
    /// A network whose product a normalisation of three channels follows, and what it is folded to.
    static let networks: [(product: String, input: Shape, weight: Shape, output: String, operators: [Operator])] = [
        ("Conv (x, w, b)", [1, 2, 5, 5], [3, 2, 3, 3], "[1,3,3,3]", [.conv]),
        ("Conv (x, w)", [1, 2, 5, 5], [3, 2, 3, 3], "[1,3,3,3]", [.conv]),
        ("ConvTranspose (x, w, b)", [1, 2, 4, 4], [2, 3, 3, 3], "[1,3,6,6]", [.convTranspose]),
        ("Gemm <transB = 1> (x, w, b)", [4, 5], [3, 5], "[4,3]", [.gemm]),
        ("Gemm (x, w, b)", [4, 5], [5, 3], "[4,3]", [.gemm]),
        ("Gemm <alpha = 2.0> (x, w, b)", [4, 5], [5, 3], "[4,3]", [.gemm, .batchNormalization]),
    ]

    @Test("the normalisation goes into the product before it, within float32's rounding", arguments: networks.indices)
    func folding(number: Int) throws {
        let network = Self.networks[number]
        let bias = network.product.contains(", b)") ? ", float[3] b" : ""
        let text = """
            normal (float\(network.input) x) => (float\(network.output) y)
            <float\(network.weight) w\(bias), float[3] s, float[3] o, float[3] m, float[3] v> {
              c = \(network.product)
              y = BatchNormalization (c, s, o, m, v)
            }
            """
        var stream = RandomStream(seed: 4, name: "weights")
        var file = ModelFile(role: .model, graph: try Graph(text: text))
        let graph = try #require(file.graph)
        for id in graph.initializers {
            let shape = try graph[id].type.shape()
            let floats = graph[id].name == "v" ? [0.5, 1, 2] : (0..<shape.elementCount).map { _ in stream.normal() }
            file.tensors.append(
                try StoredTensor(
                    name: graph[id].name, elementType: .float32, shape: shape, bytes: Tensor(floats, shape: shape).bytes
                ))
        }
        var converter = try Converter(testVectorCount: 0)
        let plain = try converter.convert(file)
        converter.options.foldsBatchNormalization = true
        let folded = try converter.convert(file)
        #expect(plain.graph?.nodes.last?.op == .batchNormalization)
        #expect(folded.graph?.nodes.map(\.op) == network.operators)
        let x = Tensor((0..<network.input.elementCount).map { _ in stream.normal() }, shape: network.input)
        var (before, after) = (try Model(plain).makeSession(), try Model(folded).makeSession())
        let (expected, outputs) = (try before.run([x])[0].floats, try after.run([x])[0].floats)
        #expect(expected.count == outputs.count)
        for (a, b) in zip(outputs, expected) { #expect(abs(a - b) < 1e-4) }
    }
}
