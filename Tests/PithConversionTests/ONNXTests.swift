import Foundation
import Pith
import PithConversion
import PithFormat
import PithGraph
import PithMath
import Testing

/// Models that the onnx package wrote, with what ONNX Runtime gives for them (`Fixtures/make.py`).
@Suite("ONNX") struct ONNXTests {
    private func arrays(_ name: String) throws -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for tensor in try SourceWeights.read(Fixtures.source(name)).tensors {
            result[tensor.name] = try Tensor(
                bytes: tensor.stored().bytes, elementType: tensor.elementType, shape: tensor.shape)
        }
        return result
    }

    @Test(
        "the outputs are those of ONNX Runtime",
        arguments: ["chain", "constants", "softmax", "shapes", "branch", "function", "external"])
    func outputs(name: String) throws {
        let file = try Converter().convert(Fixtures.source("onnx-\(name).onnx"))
        let model = try Model(bytes: file.encoded())
        #expect(try model.verifyTestVectors() == 3)
        let arrays = try arrays("onnx-\(name).npz")
        var session = try model.makeSession()
        let outputs = try session.run([#require(arrays["x"])])
        for (value, output) in zip(model.outputs, outputs) {
            let expected = try #require(arrays[value.name])
            #expect(output.shape == expected.shape)
            for (got, want) in zip(output.floats, expected.floats) {
                #expect(abs(got - want) <= 2e-6 * max(1, abs(want)))
            }
        }
    }

    @Test("operators made of others give what ONNX Runtime does", arguments: ["elements", "rows"])
    func made(name: String) throws {
        let file = try Converter(testVectorCount: 0).convert(Fixtures.source("onnx-\(name).onnx"))
        let arrays = try arrays("onnx-\(name).npz")
        let model = try Model(file)
        var session = try model.makeSession()
        let outputs = try session.run([#require(arrays["x"]), #require(arrays["i"])])
        #expect(outputs.count == (name == "rows" ? 1 : 4))
        for (value, output) in zip(model.outputs, outputs) {
            #expect(output == arrays[value.name], "\(value.name): \(output.floats)")
        }
    }

    @Test("what only training or shapes need is gone") func folded() throws {
        let chain = try Converter().convert(Fixtures.source("onnx-chain.onnx"))
        #expect(chain.graph?.nodes.map { $0.op } == [.matMul, .relu, .softmax])
        #expect(chain.metadata[Metadata.outputKind] == nil)
        let shapes = try Converter().convert(Fixtures.source("onnx-shapes.onnx"))
        #expect(shapes.graph?.nodes.map { $0.op } == [.constant, .reshape])
        let branch = try Converter().convert(Fixtures.source("onnx-branch.onnx"))
        #expect(branch.graph?.nodes.map { $0.op } == [.matMul])
    }

    /// x · w, plus 0.5 in the first row and -1 in the second, worked out by hand.
    @Test("broadcasts of operator set 6, in representation 3") func old() throws {
        let file = try Converter().convert(Fixtures.source("onnx-old.onnx"))
        #expect(file.graph?.inputs.count == 1)
        var session = try Model(file).makeSession()
        let output = try session.run(Tensor([Float](repeating: 1, count: 12), shape: [2, 6]))
        let columns: [Float] = [0, 3, 6].map { column in
            (0..<6).reduce(0) { $0 + Float($1 * 3 + column / 3) / 4 - 1 }
        }
        #expect(output.floats == columns.map { $0 + 0.5 } + columns.map { $0 - 1 })
    }

    @Test("all that cannot be converted is told at once") func report() throws {
        let conversion = try Converter().attempt(Fixtures.source("onnx-odd.onnx"))
        #expect(conversion.file == nil)
        #expect(conversion.problems.map { $0.operatorName } == ["NonMaxSuppression", "Det", "bar.Foo"])
        #expect(conversion.problems[1].node == "determinant")
        #expect(conversion.problems[1].operatorSet == 13)
        #expect(conversion.problems[1].inputs == ["float[1,3,3]"])
        #expect(conversion.problems.allSatisfy { !$0.advice.isEmpty })
    }

    @Test(
        "external data come only from beside the model",
        arguments: [
            "../data.bin", "/etc/passwd", "link.bin", "folder/data.bin", "hard.bin", "a/../../data.bin", "fifo", "",
            ".",
        ])
    func externalData(location: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let inner = folder.appendingPathComponent("inner")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = folder.path + "/data.bin"
        _ = FileManager.default.createFile(atPath: data, contents: Data(count: 4096))
        _ = FileManager.default.createFile(atPath: inner.path + "/good.bin", contents: Data(count: 4096))
        try FileManager.default.createSymbolicLink(atPath: inner.path + "/link.bin", withDestinationPath: data)
        try FileManager.default.createSymbolicLink(atPath: inner.path + "/folder", withDestinationPath: folder.path)
        try FileManager.default.linkItem(atPath: data, toPath: inner.path + "/hard.bin")
        #expect(unsafe mkfifo(inner.path + "/fifo", 0o600) == 0)
        let path = inner.path + "/model.onnx"
        func attempt(_ location: String) throws -> Conversion {
            _ = FileManager.default.createFile(atPath: path, contents: Data(Self.model(external: location)))
            return try Converter().attempt(SourceFile(path: path))
        }
        let refused = try attempt(location)
        #expect(refused.file == nil && !refused.problems.isEmpty)
        #expect(try attempt("good.bin").file != nil)
    }

    /// A model y = x · w of one float each, whose w lies in another file.
    private static func model(external location: String) -> [UInt8] {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(bytes.count & 0x7F) | 0x80, UInt8(bytes.count >> 7)] + bytes
        }
        func text(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
        func value(_ number: UInt8, _ name: String) -> [UInt8] {
            let extent: [UInt8] = field(1, [8, 1])
            let type = field(1, [8, 1] + field(2, extent + extent))
            return field(number, text(1, name) + field(2, type))
        }
        let weight =
            [8, 1, 8, 1, 16, 1] + text(8, "w") + field(13, text(1, "location") + text(2, location)) + [112, 1]
        let node = text(1, "x") + text(1, "w") + text(2, "y") + text(4, "MatMul")
        let graph = field(1, node) + field(5, weight) + value(11, "x") + value(12, "y")
        return [8, 8] + field(7, graph) + field(8, [16, 13])
    }

    @Test("a protocol buffer nested 10,000 deep is an error") func nested() {
        // Outside in: a graph, its node (field 1), the node's attribute (5), the attribute's graph (6), its node, and so on.
        var bytes: [UInt8] = []
        func wrap(_ tag: UInt8) {
            var length = bytes.count
            var head: [UInt8] = [tag]
            while length >= 0x80 {
                head.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            bytes = head + [UInt8(length)] + bytes
        }
        for level in (0..<9_999).reversed() { wrap([0x0A, 0x2A, 0x32][level % 3]) }
        wrap(0x3A)
        let error = #expect(throws: PithError.self) { try Converter().convert([8, 8] + bytes) }
        #expect(error?.code == .malformed)
    }

    @Test("a length past the end is an error") func pastTheEnd() {
        let error = #expect(throws: PithError.self) {
            try Converter().convert([8, 8, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 7, 0, 0])
        }
        #expect(error?.code == .malformed)
    }

    @Test("no cut of a model crashes", arguments: ["chain", "branch", "function"]) func cuts(name: String) throws {
        let bytes = try Fixtures.bytes("onnx-\(name).onnx")
        for count in bytes.indices { _ = try? Converter().attempt(SourceFile(bytes: Array(bytes[..<count]))) }
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 0x11
            _ = try? Converter(testVectorCount: 0).attempt(SourceFile(bytes: changed))
        }
    }
}
