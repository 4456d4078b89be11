import Foundation
import Testing

/// `pith compress` through the built program.
@Suite("Compressing files", .serialized) struct CompressionToolTests {
    private let model = Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith").path
    private let digits = Program.root.appendingPathComponent("samples/digits").path
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pith-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func accuracy(_ model: String) throws -> Double {
        let out = try Program.run("mnist-infer", ["--model", model, "--data", digits, "--json"]).out
        let object = try #require(try JSONSerialization.jsonObject(with: Data(out.utf8)) as? [String: Any])
        return try #require(object["accuracy"] as? Double)
    }

    @Test("a compressed model verifies, tells what was done, and answers almost as before")
    func compress() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let before = try accuracy(model)
        let most: [(options: [String], encoding: String, loss: Double)] = [
            (["--int8"], "int8", 0.003), (["--palette", "32"], "palette32", 0.005),
            (["--int4", "--block", "32"], "int4", 0.02), (["--bf16"], "bf16", 0),
        ]
        for (options, encoding, loss) in most {
            let output = path("small.pith")
            let result = try Program.run("pith", ["compress", model, "-o", output, "--json"] + options)
            #expect(result.status == 0, "\(options): \(result.err)")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
            let tensors = try #require(object["tensors"] as? [[String: Any]])
            for tensor in tensors where (tensor["name"] as? String)?.hasSuffix(".weight") == true {
                #expect(tensor["encoding"] as? String == encoding)
                #expect(try #require(tensor["relativeError"] as? Double) < 0.2)
            }
            let size = try Data(contentsOf: URL(fileURLWithPath: output)).count
            #expect(object["bytesAfter"] as? Int == size)
            #expect(try Program.run("pith", ["verify", output]).out.contains("3 test vectors give the same bits"))
            #expect(try accuracy(output) >= before - loss, "\(options)")
            let shown = try Program.run("pith", ["inspect", output]).out
            #expect(shown.contains("provenance.options = \(options.joined(separator: " "))\n"))
            #expect(shown.contains("provenance.steps = ") && !shown.contains("provenance.accuracy"))
        }
    }

    @Test("a file fits in the size that was asked for, and the table adds up")
    func targetSize() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = path("small.pith")
        let result = try Program.run(
            "pith", ["compress", model, "-o", output, "--target-size", "6000", "--tensor", "*.bias=kept"])
        #expect(result.status == 0, "\(result.err)")
        let size = try Data(contentsOf: URL(fileURLWithPath: output)).count
        #expect(size <= 6000 && size > 5000)
        #expect(result.out.contains("\(output): \(size) bytes, "))
        #expect(result.out.contains("tensor ") && result.out.contains("palette"))
        let again = path("again.pith")
        #expect(
            try Program.run(
                "pith", ["compress", model, "-o", again, "--target-size", "6000", "--tensor", "*.bias=kept"]
            ).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: again)) == Data(contentsOf: URL(fileURLWithPath: output)))
    }

    @Test("rounding by examples keeps the outputs closer, as the report says")
    func calibrate() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        func outputs(_ options: [String]) throws -> [String: Any] {
            let result = try Program.run(
                "pith", ["compress", model, "-o", path("small.pith"), "--palette", "8", "--json"] + options)
            #expect(result.status == 0, "\(result.err)")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
            return try #require(object["outputs"] as? [String: Any])
        }
        let nearest = try outputs(["--measure", digits])
        let chosen = try outputs(["--calibrate", digits])
        #expect(nearest["examples"] as? Int == 2000 && chosen["examples"] as? Int == 2000)
        let errors = (
            try #require(nearest["relativeError"] as? Double), try #require(chosen["relativeError"] as? Double)
        )
        #expect(errors.1 < errors.0 * 0.8)
        let right = try #require(chosen["correctAfter"] as? Int)
        #expect(abs(try accuracy(path("small.pith")) - Double(right) / 2000) < 1e-6)
        let shown = try Program.run(
            "pith", ["compress", model, "-o", path("small.pith"), "--palette", "8", "--measure", digits])
        #expect(shown.out.contains("outputs of 2000 examples: differ by ") && shown.out.contains("accuracy: "))
        let half = path("half")
        try FileManager.default.createDirectory(atPath: half, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: digits) where name.hasPrefix("t10k") {
            try FileManager.default.copyItem(atPath: digits + "/" + name, toPath: half + "/" + name)
        }
        #expect(try outputs(["--measure", half])["examples"] as? Int == 2000)
        let refused = try Program.run(
            "pith", ["compress", model, "-o", path("none.pith"), "--int8", "--calibrate", path("none")])
        #expect(refused.status == 1 && refused.err.contains("No such file"))
    }

    @Test("wrong usage and bad input leave nothing behind")
    func refusals() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = path("small.pith")
        for options in [
            [], ["--palette", "1"], ["--int8", "--bf16"], ["--prune", "1.5"], ["--int4", "--block", "8"],
            ["--tensor", "fc"], ["--target-size", "9000", "--int8"],
        ] {
            let result = try Program.run("pith", ["compress", model, "-o", output] + options)
            #expect(result.status == 64, "\(options)")
        }
        for options in [["--tensor", "none*=int8"], ["--target-size", "500"]] {
            let result = try Program.run("pith", ["compress", model, "-o", output] + options)
            #expect(result.status == 1, "\(options)")
            #expect(result.err.split(separator: "\n").count == 1, "\(result.err)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
