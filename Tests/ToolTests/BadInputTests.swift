import Foundation
import Testing

@Suite("Programs", .serialized) struct BadInputTests {
    private let folder: URL
    private let model = Program.fixture("cnn.pith")

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pith-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func write(_ name: String, _ data: Data) throws -> String {
        let url = folder.appendingPathComponent(name)
        try data.write(to: url)
        return url.path
    }

    @Test func badFilesGiveOneLineAndExitOne() throws {
        let good = try Data(contentsOf: model)
        var flipped = good
        flipped[good.count - 5] ^= 4
        let files = [
            try write("empty", Data()), try write("short", good.prefix(100)), try write("flipped", flipped),
            try write("text", Data("a text file\n".utf8)), folder.path, folder.path + "/missing",
        ]
        for file in files {
            for (name, arguments) in [
                ("pith", ["inspect", file]), ("pith", ["inspect", file, "--json"]),
                ("pith", ["inspect", file, "--report", folder.path + "/out.pith"]), ("pith", ["verify", file]),
                ("pith", ["id", file]), ("pith", ["repack", file, "-o", folder.path + "/out.pith"]),
                ("pith", ["convert", file, "-o", folder.path + "/out.pith"]),
                ("mnist-infer", ["--model", file, "x.png"]), ("mnist-infer", [file]),
            ] {
                let result = try Program.run(name, arguments)
                #expect(result.status == 1, "\(name) \(arguments): \(result.err)")
                #expect(result.err.split(separator: "\n").count == 1, "\(name) \(arguments): \(result.err)")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out.pith"))
    }

    @Test func noCommandWritesSomethingElseOverItsInput() throws {
        let good = try Data(contentsOf: model)
        let file = try write("good", good)
        for arguments in [
            ["cat", file, "fc.weight", "-o", file], ["inspect", file, "--report", file],
            ["inspect", model.path, "--before", file, "--report", file],
        ] {
            let result = try Program.run("pith", arguments)
            #expect(result.status == 1 && result.err.contains("give it another name"), "\(arguments): \(result.err)")
            #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == good)
        }
    }

    @Test func failuresAreObjectsForPrograms() throws {
        var flipped = try Data(contentsOf: model)
        flipped[flipped.count / 2] ^= 4
        let file = try write("flipped", flipped)
        for (command, status) in [
            (["verify"], 1), (["inspect"], 1), (["id"], 1), (["diff", file], 2),
            (["repack", "-o", folder.path + "/out.pith"], 1),
        ] as [([String], Int32)] {
            let result = try Program.run("pith", command + [file, "--json"])
            #expect(result.status == status && !result.err.isEmpty)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
            let error = try #require(object["error"] as? [String: Any], "\(command): \(object)")
            #expect(error["code"] as? String == "checksumMismatch")
            #expect(!((error["reason"] as? String) ?? "").isEmpty)
            let place = try #require(error["location"] as? [String: Any])
            #expect(place["file"] as? String == file)
            #expect(place["section"] as? String == "DATA")
            #expect(place["tensor"] is String && place["offset"] is Int)
        }
        let missing = try Program.run("pith", ["verify", "--json", folder.path + "/missing"])
        #expect(missing.status == 1 && missing.out.contains(#""code":"fileNotFound""#))
    }

    @Test func aDamagedTensorIsNotWritten() throws {
        var damaged = try Data(contentsOf: model)
        damaged[damaged.count / 2] ^= 4
        let file = try write("damaged", damaged)
        // The middle of the file is in one of the large tensors.
        let results = try ["conv2.weight", "conv3.weight", "fc.weight"].map { name in
            try Program.run("pith", ["cat", file, name, "-o", folder.path + "/\(name).npy"])
        }
        let refused = try #require(results.firstIndex { $0.status == 1 })
        #expect(results.filter { $0.status == 1 }.count == 1)
        #expect(results[refused].err.contains("damaged"), "\(results[refused].err)")
        let written = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("weight") }
        #expect(written.count == 2)
    }

    @Test func aCheckpointIsNotAModel() throws {
        let checkpoint = folder.path + "/c"
        let digits = Program.root.appendingPathComponent("samples/digits").path
        let trained = try Program.run(
            "mnist-train", ["--data", digits, "--model", "mlp", "--epochs", "1", "--out", checkpoint])
        #expect(trained.status == 0, "\(trained.err)")
        let refused = try Program.run("mnist-infer", ["--model", checkpoint, "x.png"])
        #expect(refused.status == 1)
        #expect(refused.err.contains("pith convert"))
        let output = folder.path + "/m.pith"
        #expect(try Program.run("pith", ["convert", checkpoint, "-o", output]).status == 0)
        #expect(try Program.run("pith", ["verify", output]).status == 0)
        let accuracy = try Program.run("mnist-infer", ["--model", output, "--data", digits])
        #expect(accuracy.status == 0, "\(accuracy.err)")
    }

    #if os(Linux)
        @Test func mnistInferLinksNoFoundation() throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/ldd")
            process.arguments = [Program.folder.appendingPathComponent("mnist-infer").path]
            let out = Pipe()
            process.standardOutput = out
            try process.run()
            let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(text.contains("libz.so"))
            #expect(!text.contains("Foundation"), "\(text)")
        }
    #endif

    @Test func wrongUsageExitsSixtyFour() throws {
        #expect(try Program.run("mnist-infer", ["--nonsense"]).status == 64)
        #expect(try Program.run("mnist-infer", []).status == 64)
        #expect(try Program.run("pith", ["convert"]).status == 64)
        #expect(try Program.run("mnist-train", ["--epochs", "many"]).status == 64)
    }

    @Test func missingDataSaysWhereToGetIt() throws {
        let result = try Program.run("mnist-train", ["--data", folder.path, "--out", folder.path + "/c"])
        #expect(result.status == 1)
        #expect(result.err.contains("https://"))
    }

    @Test func theEmbeddedModelKnowsTheSampleDigits() throws {
        #expect(try Data(contentsOf: model).count <= 40_000)
        let verified = try Program.run("pith", ["verify", model.path])
        #expect(verified.status == 0, "\(verified.err)")
        let result = try Program.run(
            "mnist-infer", ["--data", Program.root.appendingPathComponent("samples/digits").path, "--json"])
        #expect(result.status == 0)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
        #expect(try #require(object["accuracy"] as? Double) >= 0.98)
    }
}
