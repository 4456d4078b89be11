import Pith
import PithConversion
import PithFormat
import PithGraph
import PithMath
import Testing

/// Weights that get a graph on the way.
@Suite("Weights and graphs") struct ArchitectureTests {
    private func chain() throws -> ModelFile {
        var file = ModelFile(role: .weights)
        let parts: [(String, Shape)] = [("a.weight", [3, 4]), ("a.bias", [3]), ("b.weight", [2, 3])]
        for (index, (name, shape)) in parts.enumerated() {
            var stream = RandomStream(seed: UInt64(index), name: name)
            let floats = (0..<shape.elementCount).map { _ in stream.normal() }
            file.tensors.append(
                try StoredTensor(
                    name: name, elementType: .float32, shape: shape, bytes: Tensor(floats, shape: shape).bytes))
        }
        return file
    }

    private func safetensors() throws -> SourceFile {
        SourceFile(bytes: try Exporter.export(chain(), as: .safetensors))
    }

    @Test("a plain chain is found by its shapes") func plainChain() throws {
        var converter = try Converter()
        converter.options.activation = .relu
        converter.options.mean = [0.5]
        converter.options.standardDeviation = [0.25]
        converter.options.outputKind = .logits
        let file = try converter.convert(safetensors())
        #expect(file.graph?.nodes.map { $0.op } == [.gemm, .relu, .gemm])
        #expect(file.metadata[Metadata.inputMean] == .floats([0.5]))
        #expect(file.metadata[Metadata.inputStandardDeviation] == .floats([0.25]))
        #expect(file.metadata[Metadata.outputKind] == .string("logits"))
        #expect(file.metadata[Metadata.inputShape] == .floats([4]))
        guard case .string(let digest)? = file.metadata[Metadata.provenanceSource] else {
            Issue.record("no digest of the source")
            return
        }
        #expect(digest.count == 64)
    }

    @Test("what a file says of its outputs counts for more than the last operator, and unknown words for nothing")
    func outputKinds() throws {
        var converter = try Converter()
        converter.options.activation = .relu
        var file = try converter.convert(safetensors())
        #expect(try Model(file).outputKind == .logits)
        file.metadata[Metadata.outputKind] = nil
        #expect(try Model(file).outputKind == .logits)
        file.metadata[Metadata.outputKind] = "scores"
        #expect(try Model(file).outputKind == nil)
        file.metadata[Metadata.outputKind] = "log-probabilities"
        #expect(try Model(file).outputKind == .logProbabilities)
        #expect(try Model(Converter().convert(file)).outputKind == .logProbabilities)
        converter.options = ConversionOptions()
        converter.options.outputKind = .probabilities
        #expect(try Model(converter.convert(file)).outputKind == .probabilities)
    }

    @Test("options that a source has no use for are refused") func useless() throws {
        var converter = try Converter()
        converter.options.activation = .relu
        let file = try converter.convert(safetensors())
        let error = #expect(throws: PithError.self) { try converter.convert(file) }
        #expect(error?.code == .invalidArgument && error?.reason.contains("an activation") == true)
        #expect(throws: PithError(.invalidArgument, "")) { try Converter(testVectorCount: -1) }
        #expect(throws: PithError(.invalidArgument, "")) { try Converter(testVectorCount: 1001) }
        #expect(try Converter(testVectorCount: 2).convert(file).testVectors.count == 2)
    }

    @Test("what is no chain is told why") func noChain() throws {
        var file = try chain()
        file.tensors.swapAt(0, 2)
        var converter = try Converter()
        converter.options.activation = .relu
        let bytes = try Exporter.export(file, as: .npz)
        let error = #expect(throws: PithError.self) { try converter.convert(bytes) }
        #expect(error?.code == .invalidArgument)
    }

    @Test("a given graph takes renamed tensors, or names all that do not fit") func given() throws {
        var graph = Graph(name: "given")
        let x = try graph.addInput("x", ValueType(.float32, ["batch", 4]))
        let w = try graph.addInitializer("first.weight", .float32, [3, 4])
        let b = try graph.addInitializer("first.bias", .float32, [3])
        try graph.addOutput(graph.add(.gemm, [x, w, b], [.transB: 1]), name: "y")
        var converter = try Converter()
        converter.options.graph = graph
        let error = #expect(throws: PithError.self) { try converter.convert(safetensors()) }
        #expect(error?.reason.contains("first.weight") == true && error?.reason.contains("first.bias") == true)
        #expect(error?.advice.contains("'a.weight' [3, 4]") == true)
        try converter.options.names.add("a.*=first.*")
        let file = try converter.convert(safetensors())
        #expect(file.tensors.map { $0.name } == ["first.weight", "first.bias"])
        #expect(try file.tensors[0].bytes == chain().tensors[0].bytes)
    }

    @Test("rules for names") func names() throws {
        var map = NameMap()
        try map.add(file: "# a comment\na.b = c\nlayer.*=l.*  # another\n")
        #expect(["a.b", "layer.1", "x"].map { map.newName(of: $0) } == ["c", "l.1", "x"])
        for rule in ["", "a", "=b", "a*=b", "a=b=c", "a.b=d"] {
            #expect(throws: PithError.self) { try map.add(rule) }
        }
    }

    @Test("the moving average of a checkpoint") func average() throws {
        var graph = Graph(name: "net")
        let x = try graph.addInput("x", ValueType(.float32, ["batch", 2]))
        let w = try graph.addInitializer("w", .float32, [2, 2])
        try graph.addOutput(graph.add(.matMul, [x, w]), name: "y")
        let last = Tensor([1, 2, 3, 4], shape: [2, 2])
        let mean = Tensor([5, 6, 7, 8], shape: [2, 2])
        var file = ModelFile(role: .checkpoint, graph: graph)
        file.tensors = [
            try StoredTensor(name: "w", elementType: .float32, shape: [2, 2], bytes: last.bytes),
            try StoredTensor(name: "average/w", elementType: .float32, shape: [2, 2], bytes: mean.bytes),
        ]
        var converter = try Converter()
        #expect(try converter.convert(file).tensors[0].bytes == last.bytes)
        converter.options.takesAverage = true
        #expect(try converter.convert(file).tensors[0].bytes == mean.bytes)
        file.tensors.removeLast()
        #expect(throws: PithError.self) { try converter.convert(file) }
    }
}
