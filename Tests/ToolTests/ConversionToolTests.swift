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

    @Test("pith inspect names elements that are only carried as their source does") func carriedElements() throws {
        try inFolder { folder in
            let source = Program.root.appendingPathComponent("Tests/PithConversionTests/Fixtures/carried.safetensors")
                .path
            let converted = try Program.run(
                "pith", ["convert", source, "-o", folder + "/m.pith", "--weights-only"])
            #expect(converted.status == 0, "\(converted.err)")
            let lines = try Program.run("pith", ["inspect", folder + "/m.pith"]).out.split(separator: "\n")
            #expect(lines.contains { $0.contains("float8_e8m0fnu") && $0.contains("[2, 3]") })
        }
    }

    /// Weights for a graph of `samples/graphs`, as its text declares them.
    private func weights(for graph: String) throws -> Data {
        var header: [String: Any] = [:]
        var data = Data()
        for match in graph.matches(of: /float\[([0-9,]+)\] ([a-z0-9.]+\.(weight|bias))/) {
            let shape = match.1.split(separator: ",").compactMap { Int($0) }
            let start = data.count
            for index in 0..<shape.reduce(1, *) {
                let value = Float((index * 37 + 11) % 101 - 50) / 1000
                for byte in 0..<4 { data.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * byte))) }
            }
            header[String(match.2)] = ["dtype": "F32", "shape": shape, "data_offsets": [start, data.count]]
        }
        let text = try JSONSerialization.data(withJSONObject: header)
        return Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }) + text + data
    }

    @Test("mnist-infer runs the network of every sample graph by what convert recorded")
    func sampleGraphs() throws {
        let graphs = Program.root.appendingPathComponent("samples/graphs")
        let names = try FileManager.default.contentsOfDirectory(atPath: graphs.path).filter { $0.hasSuffix(".txt") }
        #expect(names.count == 4)
        let picture = Program.root.appendingPathComponent("samples/digits/pictures/digit-2.png").path
        try inFolder { folder in
            for name in names {
                let text = try String(contentsOf: graphs.appendingPathComponent(name), encoding: .utf8)
                try weights(for: text).write(to: URL(fileURLWithPath: folder + "/w.safetensors"))
                let converted = try Program.run(
                    "pith",
                    [
                        "convert", folder + "/w.safetensors", "-o", folder + "/m.pith", "--graph",
                        graphs.path + "/" + name, "--mean", "0.1307", "--std", "0.3081",
                    ])
                #expect(converted.status == 0, "\(name): \(converted.err)")
                let answer = try Program.run("mnist-infer", ["--model", folder + "/m.pith", "--json", picture])
                #expect(answer.status == 0, "\(name): \(answer.err)")
                #expect(answer.out.contains("\"probability\""))
            }
        }
    }

    @Test("mnist-infer names the key that a model of unknown outputs misses") func missingKey() throws {
        try inFolder { folder in
            let path = Program.root.appendingPathComponent("samples/graphs/mlp.txt").path
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try weights(for: text).write(to: URL(fileURLWithPath: folder + "/w.safetensors"))
            let graph = text.replacing("logits = Gemm", with: "last = Gemm")
                .replacing("\n}", with: "\n  logits = Relu (last)\n}")
            try graph.write(toFile: folder + "/g.txt", atomically: true, encoding: .utf8)
            let convert = [
                "convert", folder + "/w.safetensors", "-o", folder + "/m.pith", "--graph", folder + "/g.txt",
            ]
            let picture = Program.root.appendingPathComponent("samples/digits/pictures/digit-2.png").path
            let infer = ["--model", folder + "/m.pith", picture]
            #expect(try Program.run("pith", convert).status == 0)
            let refused = try Program.run("mnist-infer", infer)
            #expect(refused.status == 1 && refused.err.contains("output.kind"), "\(refused.err)")
            #expect(try Program.run("pith", convert + ["--output", "logits"]).status == 0)
            #expect(try Program.run("mnist-infer", infer).status == 0)
        }
    }

    @Test("what cannot be converted as asked is one line, exit code 1, and nothing written")
    func badInput() throws {
        let fixtures = Program.root.appendingPathComponent("Tests/PithConversionTests/Fixtures").path + "/"
        try inFolder { folder in
            try "a text\n".write(toFile: folder + "/text", atomically: true, encoding: .utf8)
            // A pickle of an empty dictionary.
            try Data([0x80, 2, 0x7D, 0x2E]).write(to: URL(fileURLWithPath: folder + "/empty"))
            let graph = Program.root.appendingPathComponent("samples/graphs/mlp.txt").path
            let chain = fixtures + "onnx-chain.onnx"
            let state = fixtures + "state.pt"
            let out = folder + "/m.pith"
            let model = Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith").path
            for (arguments, words) in [
                ([folder + "/text"], "index of a safetensors set"), ([state, "--graph", graph], "fc1.weight"),
                ([state, "--graph", folder + "/none"], "none"), ([state, "--graph", folder + "/text"], "line 1"),
                ([state, "--shape", "x=1", "--graph", graph], "shape"), ([chain, "--graph", graph], "a graph"),
                ([chain, "--key", "a"], "a key"), ([chain, "--weights", "ema"], "moving average"),
                ([chain, "--shape", "other=1"], "there are: x"), ([chain, "--map", "nosuch=y"], "map"),
                ([chain, "--weights-only", "--activation", "relu"], "an activation"),
                ([chain, "--weights-only", "--output", "logits"], "what the output is"),
                ([chain, "--weights-only", "--fold-batchnorm"], "fold-batchnorm"),
                ([chain, "--weights-only", "--shape", "x=1"], "shape"),
                ([chain, "--weights-only", "--map", "nosuch=y"], "'nosuch'"),
                ([state, "--weights-only", "--map", "nosuch.*=y.*"], "'nosuch.*'"),
                ([state, "--graph", graph, "--activation", "relu"], "an activation"),
                ([model, "--graph", graph], "a graph"), ([model, "--activation", "relu"], "an activation"),
                ([model, "--map", "a=b"], "map"), ([model, "--weights-only", "--map", "a=b"], "'a'"),
                ([fixtures + "two.pt", "--weights-only"], "by its key"),
                ([folder + "/empty", "--weights-only"], "no tensors"),
                ([fixtures + "two.pt", "--weights-only", "--key", "c"], "generator"),
                ([chain, "--report", folder + "/none/r.json"], "r.json"),
            ] {
                let refused = try Program.run("pith", ["convert"] + arguments + ["-o", out])
                #expect(refused.status == 1, "\(arguments)")
                #expect(refused.err.split(separator: "\n").count == 1, "\(arguments): \(refused.err)")
                #expect(refused.err.contains(words), "\(arguments): \(refused.err)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["empty", "text"])
        }
    }

    @Test("a file is not converted onto itself, and an output folder must be there") func outputs() throws {
        try inFolder { folder in
            let model = Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith")
            let copy = URL(fileURLWithPath: folder + "/copy.pith")
            try FileManager.default.copyItem(at: model, to: copy)
            for out in [copy.path, folder + "/./copy.pith", folder + "/none/m.pith", folder] {
                let refused = try Program.run("pith", ["convert", copy.path, "-o", out])
                #expect(refused.status == 1 && refused.err.split(separator: "\n").count == 1, "\(refused.err)")
            }
            #expect(try Data(contentsOf: copy) == Data(contentsOf: model))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["copy.pith"])
        }
    }

    @Test("nothing that is read is written over, by whatever name, and a device may be named twice") func inputsStay()
        throws
    {
        try inFolder { folder in
            let model = folder + "/m.pith"
            try FileManager.default.copyItem(
                atPath: Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith").path,
                toPath: model)
            try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: model)
            try FileManager.default.linkItem(atPath: model, toPath: folder + "/hard")
            let before = try Data(contentsOf: URL(fileURLWithPath: model))
            for arguments in [
                ["export", model, "-o", model, "--form", "onnx"],
                ["export", model, "-o", folder + "/link", "--form", "pt"],
                ["export", model, "-o", folder + "/hard", "--form", "npz"],
                ["convert", model, "-o", folder + "/c.pith", "--report", model],
                ["convert", model, "-o", folder + "/c.pith", "--report", folder + "/./c.pith"],
                ["compress", model, "-o", folder + "/hard", "--int8", "--measure", model],
            ] {
                let refused = try Program.run("pith", arguments)
                #expect(refused.status == 1 && refused.err.contains("another name"), "\(arguments): \(refused.err)")
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: model)) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["hard", "link", "m.pith"])
            let discarded = try Program.run("pith", ["convert", model, "-o", "/dev/null", "--report", "/dev/null"])
            #expect(discarded.status == 0, "\(discarded.err)")
        }
    }

    @Test("a converted file tells of its own source and options, and of what was done before") func provenance() throws
    {
        try inFolder { folder in
            let model = Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith").path
            let (small, converted) = (folder + "/small.pith", folder + "/c.pith")
            #expect(try Program.run("pith", ["compress", model, "-o", small, "--int8"]).status == 0)
            let convert = ["convert", small, "-o", converted, "--report", folder + "/r.json", "--json"]
            let result = try Program.run("pith", convert + ["--output", "logits", "--test-vectors", "1"])
            #expect(result.status == 0, "\(result.err)")
            let said = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
            #expect(said["output"] as? String == converted && said["converted"] as? Bool == true)
            #expect(try said["bytesAfter"] as? Int == Data(contentsOf: URL(fileURLWithPath: converted)).count)
            #expect(try said["bytesBefore"] as? Int == Data(contentsOf: URL(fileURLWithPath: small)).count)
            let shown = try Program.run("pith", ["inspect", converted, "--json"]).out
            let object = try #require(try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any])
            let metadata = try #require(object["metadata"] as? [String: Any])
            #expect(metadata["provenance.options"] as? String == "--output logits --test-vectors 1")
            #expect(metadata["provenance.source-sha256"] as? String == (try sha256(small)))
            #expect((metadata["provenance.steps"] as? [String])?.contains { $0.hasPrefix("int8") } == true)
            #expect(try Program.run("pith", ["inspect", converted]).out.contains("test vectors: 1\n"))
            // Without options, those of the file before it are gone.
            #expect(try Program.run("pith", ["convert", small, "-o", converted]).status == 0)
            #expect(try !Program.run("pith", ["inspect", converted]).out.contains("provenance.options"))
        }
    }

    private func sha256(_ path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sha256sum", path]
        let out = Pipe()
        process.standardOutput = out
        try process.run()
        let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return String(text.prefix { $0 != " " })
    }

    @Test("wrong usage shows how the subcommand is used") func usage() throws {
        try inFolder { folder in
            let chain = Program.root.appendingPathComponent("Tests/PithConversionTests/Fixtures/onnx-chain.onnx").path
            for arguments in [
                ["--mean", "x"], ["--std", "0"], ["--std", "1,"], ["--shape", "foo"], ["--shape", "x=3q"],
                ["--map", "foo"], ["--input", "x"], ["--test-vectors", "1001"], ["--test-vectors=-1"],
                ["--weights-only", "--test-vectors", "1"],
            ] {
                let refused = try Program.run("pith", ["convert", chain, "-o", folder + "/m.pith"] + arguments)
                #expect(refused.status == 64, "\(arguments)")
                #expect(refused.err.contains("Usage: pith convert"), "\(arguments): \(refused.err)")
            }
            let refused = try Program.run("pith", ["export", chain, "-o", folder + "/m.xyz"])
            #expect(refused.status == 64 && refused.err.contains("Usage: pith export"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test(
        "examples in help texts are no wider than a terminal and can be pasted",
        arguments: ["convert", "compress", "export"])
    func help(command: String) throws {
        let help = try Program.run("pith", ["help", command]).out
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = try #require(lines.firstIndex(of: "Examples:"))
        let examples = lines[(start + 1)...].prefix { !$0.isEmpty }
        #expect(examples.count > 1 && help.contains("Exit codes: 0, 1 for a failure, 64 for wrong usage."))
        #expect(examples.allSatisfy { $0.hasPrefix("  ") && $0.count < 80 })
        // A line either is a command or goes on with one whose line ends in a backslash.
        var goesOn = false
        for line in examples {
            #expect(line.hasPrefix("  pith \(command) ") != goesOn, "\(line)")
            goesOn = line.hasSuffix(" \\")
        }
        #expect(!goesOn)
    }

    @Test("weights without a graph are told what would help") func advice() throws {
        try inFolder { folder in
            writeLayer(to: folder + "/w.safetensors")
            let refused = try Program.run("pith", ["convert", folder + "/w.safetensors", "-o", folder + "/m.pith"])
            #expect(refused.status == 1)
            #expect(refused.err.contains("give a graph, or the activation") && refused.err.contains("weights only"))
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
            let exported = try Program.run("pith", ["export", model, "-o", path, "--json"])
            #expect(exported.status == 0)
            let object = try JSONSerialization.jsonObject(with: Data(exported.out.utf8)) as? [String: Any]
            #expect(object?["form"] as? String == ending && object?["output"] as? String == path)
            #expect(try object?["bytesAfter"] as? Int == Data(contentsOf: URL(fileURLWithPath: path)).count)
            let again = try Program.run("pith", ["convert", path, "-o", folder + "/w.pith", "--weights-only"])
            #expect(again.status == 0, "\(again.err)")
            #expect(try Program.run("pith", ["export", model, "-o", folder + "/m.xyz"]).status == 64)
        }
    }
}
