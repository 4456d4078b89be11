import Pith
import PithConversion
import PithFormat
import PithGraph
import PithMath
import Testing

/// What is written is read back by the readers, which are tested against the real libraries' files; `dev/check-export`
/// shows the written files to the real libraries.
@Suite("Export") struct ExportTests {
    private func everyType() throws -> ModelFile {
        var converter = try Converter()
        converter.options.isWeightsOnly = true
        return try converter.convert(Fixtures.source("types.safetensors"))
    }

    @Test("every element type comes back", arguments: [Exporter.Form.safetensors, .pytorch])
    func types(form: Exporter.Form) throws {
        let file = try everyType()
        let weights = try SourceWeights.read(SourceFile(bytes: Exporter.export(file, as: form)))
        #expect(weights.tensors.count == file.tensors.count)
        for tensor in weights.tensors {
            let expected = try #require(file.tensor(named: tensor.name))
            #expect(try tensor.stored() == expected, "\(tensor.name)")
        }
    }

    @Test("NumPy's archive has what NumPy has types for") func npz() throws {
        var file = try everyType()
        #expect(throws: PithError.self) { try Exporter.export(file, as: .npz) }
        file.tensors.removeAll { [.float8e4m3fn, .float8e5m2].contains($0.elementType) }
        let weights = try SourceWeights.read(SourceFile(bytes: Exporter.export(file, as: .npz)))
        #expect(weights.tensors.count == file.tensors.count)
        for tensor in weights.tensors where tensor.name != "bfloat16" {
            #expect(try tensor.stored() == #require(file.tensor(named: tensor.name)), "\(tensor.name)")
        }
        let widened = try #require(weights.tensors.first { $0.name == "bfloat16" })
        #expect(try widened.stored().bytes == Fixtures.expected(.float32, count: 6))
    }

    @Test(
        "an ONNX model that comes back gives the same bits", arguments: ["chain", "constants", "branch", "function"])
    func onnx(name: String) throws {
        let file = try Converter().convert(Fixtures.source("onnx-\(name).onnx"))
        let again = try Converter().convert(Exporter.export(file, as: .onnx))
        #expect(again.graph?.nodes.map { $0.op } == file.graph?.nodes.map { $0.op })
        #expect(again.testVectors == file.testVectors)
    }

    @Test("weights alone are no ONNX model") func weightsAlone() throws {
        let error = #expect(throws: PithError.self) { try Exporter.export(everyType(), as: .onnx) }
        #expect(error?.code == .wrongRole)
    }
}
