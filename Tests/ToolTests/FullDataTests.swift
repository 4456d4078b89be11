import Foundation
import Testing

private let data = ProcessInfo.processInfo.environment["PITH_DATA"]

/// What takes the full MNIST, where `PITH_DATA` names it.
@Suite("Full MNIST", .serialized, .enabled(if: data != nil)) struct FullDataTests {
    private func accuracy(_ output: String, after words: String) throws -> Double {
        let line = try #require(output.split(separator: "\n").first { $0.hasPrefix(words) })
        return try #require(Double(line.dropFirst(words.count).prefix { $0.isNumber || $0 == "." }))
    }

    @Test func theEmbeddedModelErrsAtMostSixTimesPerThousand() throws {
        let result = try Program.run("mnist-infer", ["--data", try #require(data)])
        #expect(result.status == 0, "\(result.err)")
        #expect(try accuracy(result.out, after: "test accuracy ") >= 99.4)
    }

    @Test(arguments: [("mlp", 10, 98.2), ("lenet5", 5, 98.9)])
    func modelsReachTheirAccuracy(model: String, epochs: Int, expected: Double) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pith-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try Program.run(
            "mnist-train",
            [
                "--data", try #require(data), "--model", model, "--epochs", "\(epochs)", "--threads", "2", "--out",
                folder.appendingPathComponent("c").path,
            ])
        #expect(result.status == 0, "\(result.err)")
        #expect(try accuracy(result.out, after: "test accuracy ") >= expected)
    }
}
