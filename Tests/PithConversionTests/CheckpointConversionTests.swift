import Pith
import PithConversion
import PithFormat
import PithGraph
import PithMath
import Testing

@Suite("Checkpoint conversion") struct CheckpointConversionTests {
    private func checkpoint() throws -> ModelFile {
        var graph = Graph(name: "net")
        let x = try graph.addInput("pixels", ValueType(.float32, ["batch", 6]))
        let w = try graph.addInitializer("w", .float32, [4, 6])
        let dropped = try graph.add(.dropout, [x])
        let y = try graph.add(.gemm, [dropped, w], [.transB: 1])
        try graph.addOutput(graph.add(.softmax, [y]), name: "p")
        var stream = RandomStream(seed: 3, name: "weights")
        let weights = Tensor((0..<24).map { _ in stream.normal() }, shape: [4, 6])
        let moment = try StoredTensor(name: "optimizer/w", elementType: .float32, shape: [4, 6], bytes: weights.bytes)
        let stored = try StoredTensor(name: "w", elementType: .float32, shape: [4, 6], bytes: weights.bytes)
        var metadata = Metadata()
        metadata["training.step"] = .int(7)
        metadata["labels"] = .strings(["a", "b", "c", "d"])
        return ModelFile(role: .checkpoint, graph: graph, tensors: [stored, moment], metadata: metadata)
    }

    @Test(arguments: [ElementType.float32, .bfloat16, .float16])
    func dropsWhatOnlyTrainingNeeds(type: ElementType) throws {
        let source = try checkpoint()
        let model = try Converter(elementType: type).convert(source.encoded())
        #expect(model.role == .model)
        #expect(model.graph?.nodes.map(\.op) == [.gemm, .softmax])
        #expect(model.tensors.map(\.name) == ["w"])
        #expect(model.tensors[0].elementType == type)
        #expect(model.metadata["training.step"] == nil)
        #expect(model.testVectors.count == 3)
        #expect(try Model(bytes: model.encoded()).verifyTestVectors() == 3)
    }

    @Test func otherKindsAreNamed() throws {
        let error = #expect(throws: PithError.self) { try Converter().convert(Array("\u{7F}ELF".utf8) + [2, 1]) }
        #expect(error?.code == .wrongKind)
        #expect(error?.reason.contains("unknown kind") == true)
    }
}
