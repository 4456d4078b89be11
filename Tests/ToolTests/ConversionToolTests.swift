import Foundation
import Testing

@Suite("Conversion with the tools") struct ConversionToolTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    private func inFolder(_ body: (String) throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    /// One layer of zeros: whatever the picture, ten equal logits.
    private func writeLayer(to path: String) {
        let header = #"{"fc.weight":{"dtype":"F32","shape":[10,784],"data_offsets":[0,31360]}}"#
        var bytes = Data([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0])
        bytes += Data(header.utf8) + Data(count: 31360)
        _ = FileManager.default.createFile(atPath: path, contents: bytes)
    }

    @Test("a foreign chain of layers becomes a model that mnist-infer runs by its metadata") func foreign() throws {
        try inFolder { folder in
            writeLayer(to: folder + "/w.safetensors")
            let converted = try Program.run(
                "pith",
                [
                    "convert", folder + "/w.safetensors", "-o", folder + "/m.pith", "--activation", "relu", "--mean",
                    "0.5",
                ])
            #expect(converted.status == 0, "\(converted.err)")
            let picture = Program.root.appendingPathComponent("samples/digits/pictures/digit-2.png").path
            let answer = try Program.run(
                "mnist-infer", ["--model", folder + "/m.pith", "--top", "10", "--json", picture])
            #expect(answer.status == 0, "\(answer.err)")
            #expect(answer.out.components(separatedBy: "\"probability\": 0.1").count == 11)
            let inspected = try Program.run("pith", ["inspect", folder + "/m.pith"])
            #expect(inspected.out.contains("output.kind = logits") && inspected.out.contains("input.mean = 0.5"))
        }
    }

    @Test("weights without a graph are told what would help") func advice() throws {
        try inFolder { folder in
            writeLayer(to: folder + "/w.safetensors")
            let refused = try Program.run("pith", ["convert", folder + "/w.safetensors", "-o", folder + "/m.pith"])
            #expect(refused.status == 1)
            #expect(refused.err.contains("--activation") && refused.err.contains("--weights-only"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/m.pith"))
        }
    }

    @Test("the report names every part that cannot be converted") func report() throws {
        try inFolder { folder in
            let odd = Program.root.appendingPathComponent("Tests/PithConversionTests/Fixtures/onnx-odd.onnx").path
            let refused = try Program.run(
                "pith", ["convert", odd, "-o", folder + "/m.pith", "--report", folder + "/r.json"])
            #expect(refused.status == 1)
            let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/r.json"))
            let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(object["converted"] as? Bool == false)
            let problems = try #require(object["problems"] as? [[String: Any]])
            #expect(problems.compactMap { $0["operator"] as? String } == ["NonMaxSuppression", "Det", "bar.Foo"])
            #expect(!FileManager.default.fileExists(atPath: folder + "/m.pith"))
        }
    }

    @Test("export by the ending of the file", arguments: ["onnx", "safetensors", "npz", "pt"])
    func export(ending: String) throws {
        try inFolder { folder in
            let model = Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith").path
            let path = folder + "/m." + ending
            #expect(try Program.run("pith", ["export", model, "-o", path]).status == 0)
            let again = try Program.run("pith", ["convert", path, "-o", folder + "/w.pith", "--weights-only"])
            #expect(again.status == 0, "\(again.err)")
            #expect(try Program.run("pith", ["export", model, "-o", folder + "/m.xyz"]).status == 64)
        }
    }
}
