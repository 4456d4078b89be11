import Pith
import PithFormat
import PithGraph
import PithMath
import Testing

@Suite("Runtime") struct RuntimeTests {
    /// y = softmax(x · wᵀ + b) with w stored as f32 or bf16.
    private func file(_ type: ElementType) throws -> ModelFile {
        var graph = Graph(name: "tiny")
        let x = try graph.addInput("x", ValueType(.float32, ["batch", 2]))
        let w = try graph.addInitializer("w", .float32, [3, 2])
        let b = try graph.addInitializer("b", .float32, [3])
        let y = try graph.add(.gemm, [x, w, b], [.transB: 1])
        try graph.addOutput(graph.add(.softmax, [y]), name: "p")
        let weight = try Tensor([1, 0, 0, 1, 1, 1], shape: [3, 2]).converted(to: type)
        let bias = Tensor([0, 0, -1], shape: [3])
        return try ModelFile(
            role: .model, graph: graph,
            tensors: [
                StoredTensor(name: "w", elementType: type, shape: [3, 2], bytes: weight.bytes),
                StoredTensor(name: "b", elementType: .float32, shape: [3], bytes: bias.bytes),
            ])
    }

    @Test("a model runs from bytes, whatever way its weights are stored", arguments: [ElementType.float32, .bfloat16])
    func runsFromBytes(type: ElementType) throws {
        let model = try Model(bytes: file(type).encoded())
        var session = try model.makeSession()
        let output = try session.run(Tensor([2, 1, 0, 0], shape: [2, 2])).floats
        // Logits (2, 1, 2) and (0, 0, -1), in float64.
        let expected = [0.42231880, 0.15536240, 0.42231880, 0.42231880, 0.42231880, 0.15536240]
        for (value, reference) in zip(output, expected) { #expect(abs(Double(value) - reference) < 1e-7) }
    }

    @Test func aShapeErrorNamesExpectedAndGiven() throws {
        var session = try Model(file(.float32)).makeSession()
        let error = #expect(throws: PithError.self) { try session.run(Tensor(zeros: [1, 3])) }
        #expect(error?.code == .shapeMismatch)
        #expect(error?.description.contains("expected float[batch,2], given [1, 3]") == true)
    }

    @Test func aWrongTestVectorIsFound() throws {
        var bad = try file(.float32)
        let input = try StoredTensor(
            name: "", elementType: .float32, shape: [1, 2], bytes: [UInt8](repeating: 0, count: 8))
        let output = try StoredTensor(
            name: "", elementType: .float32, shape: [1, 3], bytes: [UInt8](repeating: 0, count: 12))
        bad.testVectors = [TestVector(inputs: [input], outputs: [output])]
        let error = #expect(throws: PithError.self) { try Model(bad).verifyTestVectors() }
        #expect(error?.code == .testVectorMismatch)
    }

    @Test func aCheckpointIsNotAModel() throws {
        var checkpoint = try file(.float32)
        checkpoint.role = .checkpoint
        let bytes = try checkpoint.encoded()
        let error = #expect(throws: PithError.self) { try Model(bytes: bytes) }
        #expect(error?.code == .wrongRole)
    }
}
