import Foundation
import Testing

@Suite("pith run") struct RunTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pith-" + UUID().uuidString)
    private let model = Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith").path

    /// A NumPy file of zeros, 3 × 784.
    private func input() throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 784), }"
        header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0])
        data.append(Data(header.utf8))
        data.append(Data(count: 3 * 784 * 4))
        let url = folder.appendingPathComponent("x.npy")
        try data.write(to: url)
        return url.path
    }

    @Test func jsonNamesOutputsAndSteps() throws {
        let arguments = ["run", model, "--input", try input(), "--out", folder.path + "/out"]
        let plain = try Program.run("pith", arguments + ["--json"])
        #expect(plain.status == 0, "\(plain.err)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(plain.out.utf8)) as? [String: Any])
        let outputs = try #require(object["outputs"] as? [[String: Any]])
        #expect(outputs.count == 1)
        #expect(outputs[0]["shape"] as? [Int] == [3, 10])
        #expect(FileManager.default.fileExists(atPath: try #require(outputs[0]["file"] as? String)))
        #expect(object["steps"] == nil)
        let timed = try Program.run("pith", arguments + ["--json", "--profile"])
        let steps = try #require(
            (try JSONSerialization.jsonObject(with: Data(timed.out.utf8)) as? [String: Any])?["steps"]
                as? [[String: Any]])
        #expect(steps.last?["output"] as? [Int] == [3, 10])
    }

    @Test func aTraceHoldsOneEventForEachStep() throws {
        let trace = folder.path + "/trace.json"
        let result = try Program.run(
            "pith",
            ["run", model, "--input", try input(), "--out", folder.path + "/out", "--profile", "--trace", trace])
        #expect(result.status == 0, "\(result.err)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: trace))) as? [String: Any])
        let events = try #require(object["traceEvents"] as? [[String: Any]])
        let names = events.filter { $0["ph"] as? String == "M" }
            .map { ($0["args"] as? [String: Any])?["name"] as? String }
        #expect(names == [model.split(separator: "/").last.map(String.init), "steps"])
        let steps = events.filter { $0["ph"] as? String == "X" }
        #expect(!steps.isEmpty && steps.count + names.count == events.count)
        #expect(steps.allSatisfy { ($0["dur"] as? Double ?? -1) >= 0 })
        // The table: a heading, a line for each step, the sum.
        let table = result.out.split(separator: "\n").drop { !$0.contains("kernel") }
        #expect(table.count == steps.count + 2)
    }

    @Test func aPlanIsShownWithoutARun() throws {
        let text = try Program.run("pith", ["plan", model, "--batch", "3"])
        #expect(text.status == 0, "\(text.err)")
        let printed = try Program.run("pith", ["plan", model, "--batch", "3", "--json"])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(printed.out.utf8)) as? [String: Any])
        let steps = try #require(object["steps"] as? [[String: Any]])
        #expect(steps.last?["shape"] as? [Int] == [3, 10])
        #expect(steps.last?["outputBytes"] as? Int == 3 * 10 * 4)
        // A heading, a line for each step, two totals.
        #expect(text.out.split(separator: "\n").count == steps.count + 3)
        #expect(try Program.run("pith", ["plan", model, "--batch=-1"]).status == 64)
    }
}
