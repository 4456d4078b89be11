import Foundation
import Testing

/// `pith diff`, `repack`, `cat` and `id` through the built program.
@Suite("Comparing and rewriting files", .serialized) struct RewritingTests {
    private let model = Program.fixture("cnn.pith").path
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pith-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func size(_ path: String) throws -> Int { try Data(contentsOf: URL(fileURLWithPath: path)).count }

    @Test("repacking keeps identity, contents and test vectors, whatever the options")
    func repack() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let identity = try Program.run("pith", ["id", model]).out.prefix(64)
        #expect(identity.count == 64)
        let variants = [
            ["--level", "stored"], ["--level", "thorough"], ["--no-zlib"], ["--chunk-size", "4096"],
            ["--layout", "panels", "--level", "stored"], ["--layout", "row-major", "--encoding", "plain"],
        ]
        for (number, options) in variants.enumerated() {
            let output = path("\(number).pith")
            let result = try Program.run("pith", ["repack", model, "-o", output] + options)
            #expect(result.status == 0, "\(options): \(result.err)")
            #expect(try Program.run("pith", ["id", output]).out.prefix(64) == identity)
            #expect(try Program.run("pith", ["verify", output]).out.contains("3 test vectors give the same bits"))
            let difference = try Program.run("pith", ["diff", model, output])
            #expect(difference.status == 0, "\(options): \(difference.out)")
            #expect(difference.out.contains("hold the same, 8 tensors"))
        }
        #expect(try size(path("0.pith")) > size(path("1.pith")))
        #expect(try !Program.run("pith", ["inspect", path("2.pith"), "--json"]).out.contains("deflate"))
    }

    @Test("diff finds a changed element, its place and its size, and a changed type")
    func diff() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // The stored file, one bit of fc.weight changed and nothing else: found through its checksum.
        let output = path("f16.pith")
        #expect(try Program.run("pith", ["convert", model, "-o", output, "--dtype", "f16"]).status == 0)
        let result = try Program.run("pith", ["diff", model, output])
        #expect(result.status == 1, "\(result.err)")
        #expect(result.out.contains("conv1.weight: bf16[8, 1, 3, 3], f16[8, 1, 3, 3]"))
        let json = try Program.run("pith", ["diff", "--json", model, output])
        #expect(json.status == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
        #expect(object["same"] as? Bool == false)
        for tensor in try #require(object["tensors"] as? [[String: Any]]) {
            // bf16 values of trained weights fit in f16 up to its smallest normal number.
            #expect(try #require(tensor["greatest"] as? Double) < 1e-4)
        }
        #expect((object["metadata"] as? [String])?.contains("provenance.steps") == true)
    }

    @Test("diff finds what differs in its bits alone: the sign of a zero")
    func diffOfBits() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, sign) in [("plus", UInt8(0)), ("minus", 0x80)] {
            let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
            let padding = String(repeating: " ", count: 117 - header.utf8.count) + "\n"
            let array = Data(
                [0x93] + "NUMPY".utf8 + [1, 0, 118, 0] + (header + padding).utf8 + [0, 0, 0x80, 0x3F, 0, 0, 0, sign])
            try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
            try array.write(to: URL(fileURLWithPath: path(name + "/t.npy")))
            let made = try Program.run(
                "pith", ["convert", path(name + "/t.npy"), "-o", path(name + ".pith"), "--weights-only"])
            #expect(made.status == 0, "\(made.err)")
        }
        let result = try Program.run("pith", ["diff", path("plus.pith"), path("minus.pith")])
        #expect(result.out.contains("1 of 2 elements differ, in their bits alone, at element 1"), "\(result.out)")
    }

    @Test("diff has exit code 2 for trouble")
    func diffFailure() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try Program.run("pith", ["diff", model, path("none")])
        #expect(result.status == 2)
        #expect(result.err.contains("No such file") && result.err.split(separator: "\n").count == 1)
    }

    @Test("cat writes what NumPy reads, bf16 widened exactly")
    func cat() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = path("fc.npy")
        #expect(try Program.run("pith", ["cat", model, "fc.weight", "-o", file]).status == 0)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let header = String(decoding: bytes[10..<128], as: UTF8.self)
        #expect(header.contains("'<f4'") && header.contains("(10, 500, )"))
        #expect(bytes.count == 128 + 10 * 500 * 4)
        // The low halves of widened bf16 are zero, the values those that inspect saw.
        let values = (0..<5000).map { index in
            let start = 128 + 4 * index
            #expect(bytes[start] == 0 && bytes[start + 1] == 0)
            return Float(bitPattern: UInt32(bytes[start + 3]) << 24 | UInt32(bytes[start + 2]) << 16)
        }
        let json = try Program.run("pith", ["inspect", model, "--json", "--histogram"]).out
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let tensor = try #require(
            (object["tensors"] as? [[String: Any]])?.first { $0["name"] as? String == "fc.weight" })
        let statistics = try #require(tensor["statistics"] as? [String: Any])
        #expect(statistics["maximum"] as? Double == values.max().map(Double.init))
        let piped = try Program.run("pith", ["cat", model, "conv1.bias"])
        #expect(piped.status == 0)
        let unknown = try Program.run("pith", ["cat", model, "fc.weigh"])
        #expect(unknown.status == 1)
        #expect(unknown.err.contains("fc.weight"), "\(unknown.err)")
    }
}
