import Foundation
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

    @Test("weights of a graph are written in the smallest form that keeps their bits")
    func smallest() throws {
        let graph = try Graph(
            text: """
                net (float[batch,64] x) => (float[batch,8] y)
                <float[64,64] few, float[64,64] sparse, float[64,64] short, float[8,64] any> {
                  a = Gemm <transB = 1> (x, few)
                  b = Gemm <transB = 1> (a, sparse)
                  c = Gemm <transB = 1> (b, short)
                  y = Gemm <transB = 1> (c, any)
                }
                """)
        var random = RandomStream(seed: 5, name: "weights")
        var source = ModelFile(role: .model, graph: graph)
        for id in graph.initializers {
            let shape = try graph[id].type.shape()
            let floats = (0..<shape.elementCount).map { index in
                let value = random.normal()
                return switch graph[id].name {
                case "few": value < 0 ? Float(-0.1) : 0.3
                case "sparse": index % 16 == 0 ? value : 0
                case "short": Float(bitPattern: value.bitPattern & 0xFFFF_0000)
                default: value
                }
            }
            source.tensors.append(
                try StoredTensor(
                    name: graph[id].name, elementType: .float32, shape: shape, bytes: Tensor(floats, shape: shape).bytes
                ))
        }
        let file = try #require(try Converter().attempt(SourceFile(bytes: source.encoded())).file)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let plain = try #require(try file.write(to: path))
        let small = try #require(try file.write(to: path, searchingSmallest: true))
        #expect(small.fileLength < plain.fileLength)
        let written = try ModelFile.read(from: path)
        #expect(written.tensors.map { $0.encoding.name } == ["palette2", "sparse plain", "plain", "plain"])
        #expect(written.tensors.map { $0.elementType } == [.float32, .float32, .bfloat16, .float32])
        for (tensor, original) in zip(written.tensors, source.tensors) {
            let floats = try Tensor(bytes: tensor.bytes, elementType: tensor.elementType, shape: tensor.shape)
            #expect(try floats.converted(to: .float32).bytes == original.bytes, "\(tensor.name)")
        }
        #expect(try Model(written).verifyTestVectors() == 3)
    }

    @Test func otherKindsAreNamed() throws {
        let error = #expect(throws: PithError.self) { try Converter().convert(Array("\u{7F}ELF".utf8) + [2, 1]) }
        #expect(error?.code == .wrongKind)
        #expect(error?.reason.contains("unknown kind") == true)
    }
}
