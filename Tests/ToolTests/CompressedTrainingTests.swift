import Foundation
import Testing

/// `mnist-train --compress` as a user runs it, on the sample digits.
@Suite("mnist-train --compress", .serialized) struct CompressedTrainingTests {
    private let folder: URL
    private static let digits = Program.root.appendingPathComponent("samples/digits").path

    private static let recipe = """
        model: mlp
        lr: 0.05
        epochs: 1
        stage: dense
        stage: prune
        units: fc1=40 fc2=20
        nonzeros: 1500
        stage: palette
        nonzeros: 1500
        palette: weights=6 biases=8
        """

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pith-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    private func train(_ more: [String]) throws -> (status: Int32, out: String, err: String) {
        try Program.run("mnist-train", ["--data", Self.digits, "--threads", "2", "--out", path("c")] + more)
    }

    @Test func aRecipeGivesASmallFileThatAnswersAsTheTrainingDid() throws {
        try write(Self.recipe, "small.recipe")
        let result = try train(
            [
                "--compress", path("small.recipe"), "--pith", path("small.pith"), "--metrics", path("m.jsonl"),
                "--report", path("r.html"),
            ])
        #expect(result.status == 0, "\(result.err)")
        #expect(result.out.contains("stage 3 of 3, palette"))
        let bytes = try Data(contentsOf: folder.appendingPathComponent("small.pith")).count
        #expect(bytes > 1000 && bytes < 2500)
        let lines = try String(contentsOfFile: path("m.jsonl"), encoding: .utf8).split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        let epochs = lines.filter { $0["event"] as? String == "epoch" }
        #expect(epochs.compactMap { $0["stageName"] as? String } == ["dense", "prune", "palette"])
        #expect(epochs.compactMap { $0["stage"] as? Int } == [1, 2, 3])
        let sizes = epochs.compactMap { $0["bytes"] as? Int }
        #expect(sizes.count == 3 && sizes[0] > 20 * sizes[1] && sizes[1] > sizes[2] && sizes[2] == bytes)
        let end = try #require(lines.last)
        #expect(end["bytes"] as? Int == bytes)
        let inferred = try Program.run(
            "mnist-infer", ["--model", path("small.pith"), "--data", Self.digits, "--json"])
        #expect(inferred.status == 0, "\(inferred.err)")
        let answers = try #require(try JSONSerialization.jsonObject(with: Data(inferred.out.utf8)) as? [String: Any])
        #expect(answers["correct"] as? Int == end["testCorrect"] as? Int)
        #expect(try #require(answers["accuracy"] as? Double) > 0.7)

        let page = try String(contentsOfFile: path("r.html"), encoding: .utf8)
        #expect(page.contains("<title>epoch 3: \(bytes) bytes, ") && page.contains("units: fc1=40 fc2=20"))
        let inspected = try Program.run(
            "pith", ["inspect", path("small.pith"), "--report", path("i.html"), "--metrics", path("m.jsonl")])
        #expect(inspected.status == 0, "\(inspected.err)")
        #expect(try String(contentsOfFile: path("i.html"), encoding: .utf8).contains("epoch 3: \(bytes) bytes, "))
    }

    /// Whether there is an average to show is for the last stage to say.
    @Test func theLastStageDecidesWhoseWeightsAreShown() throws {
        try write("model: mlp\nstage: a\nepochs: 1\nema: 0.9\nstage: b\nnonzeros: 1000", "first.recipe")
        let first = try train(["--compress", path("first.recipe"), "--weights", "ema"])
        #expect(first.status == 1 && first.err.contains("no moving average"), "\(first.err)")
        try write("model: mlp\nstage: a\nepochs: 1\nstage: b\nunits: fc1=50\nema: 0.9", "last.recipe")
        let last = try train(["--compress", path("last.recipe"), "--weights", "ema", "--metrics", path("e.jsonl")])
        #expect(last.status == 0, "\(last.err)")
        #expect(try String(contentsOfFile: path("e.jsonl"), encoding: .utf8).contains(#""weights": "ema""#))
    }

    @Test(arguments: [("lenet-300-100", 3900), ("lenet-5", 3100), ("lenet-5-smaller", 2600)])
    func shippedNetworksAreSmallAndRight(name: String, most: Int) throws {
        let file = Program.root.appendingPathComponent("samples/compress/\(name).pith")
        #expect(try Data(contentsOf: file).count <= most)
        let inferred = try Program.run("mnist-infer", ["--model", file.path, "--data", Self.digits, "--json"])
        #expect(inferred.status == 0, "\(inferred.err)")
        let answers = try #require(try JSONSerialization.jsonObject(with: Data(inferred.out.utf8)) as? [String: Any])
        #expect(try #require(answers["accuracy"] as? Double) > 0.97)
    }

    @Test func wrongUsageIsToldApart() throws {
        try write(Self.recipe + "\nepoch: 3", "wrong.recipe")
        let wrong = try train(["--compress", path("wrong.recipe")])
        #expect(wrong.status == 1 && wrong.err.contains("line 11") && wrong.err.contains("epoch"), "\(wrong.err)")
        try write("model: mlp\nstage: a\nstage: b\nunits: fc1=301", "many.recipe")
        let many = try train(["--compress", path("many.recipe")])
        #expect(many.status == 1 && many.err.contains("many.recipe: stage 'b'") && many.out.isEmpty, "\(many.err)")
        let missing = try train(["--compress", path("none")])
        #expect(missing.status == 1 && missing.err.contains("none"))
        #expect(try train(["--compress", path("wrong.recipe"), "--epochs", "3"]).status == 64)
        #expect(try train(["--compress", path("wrong.recipe"), "--model", "mlp"]).status == 64)
    }
}
