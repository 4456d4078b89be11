import Foundation
import PithConversion
import PithFormat
import PithGraph
import Testing

@Suite("safetensors") struct SafetensorsTests {
    @Test("every element type of the library comes across") func everyType() throws {
        let weights = try SourceWeights.read(Fixtures.source("types.safetensors"))
        let names: [String: ElementType] = [
            "float64": .float64, "float32": .float32, "float16": .float16, "bfloat16": .bfloat16,
            "float8_e4m3fn": .float8e4m3fn, "float8_e5m2": .float8e5m2, "int64": .int64, "int32": .int32,
            "int16": .int16, "int8": .int8, "uint64": .uint64, "uint32": .uint32, "uint16": .uint16, "uint8": .uint8,
            "bool": .bool,
        ]
        #expect(weights.tensors.count == names.count + 2)
        #expect(weights.notes == ["format": "pt"])
        for tensor in weights.tensors {
            switch tensor.name {
            case "scalar": try Fixtures.check(tensor, .float32, [])
            case "empty": try Fixtures.check(tensor, .float32, [0, 3])
            default: try Fixtures.check(tensor, #require(names[tensor.name]), [2, 3])
            }
        }
    }

    @Test("types that Pith has not are carried, there and back") func carried() throws {
        let source = try Fixtures.source("carried.safetensors")
        var converter = try Converter()
        converter.options.isWeightsOnly = true
        let file = try converter.convert(source)
        let names = Set(file.tensors.compactMap { $0.foreign?.typeName })
        #expect(names == ["float8_e8m0fnu", "float8_e4m3fnuz", "float8_e5m2fnuz", "complex64", "F4"])
        // Powers of two of 1 to 3.25 as their exponents, 127 being 0: the library rounds to the nearest.
        let scale = try #require(file.tensor(named: "float8_e8m0fnu"))
        #expect(scale.bytes == [127, 127, 128, 128, 128, 128] && scale.foreign?.shape == [2, 3])
        #expect(file.tensor(named: "float4")?.bytes == [0, 1, 2, 3, 4, 5])
        let again = try SourceWeights.read(SourceFile(bytes: Exporter.export(file, as: .safetensors)))
        for tensor in try SourceWeights.read(source).tensors {
            let copy = try #require(again.tensors.first { $0.name == tensor.name })
            #expect(copy.foreign == tensor.foreign)
            #expect(try copy.stored().bytes == tensor.stored().bytes)
        }
    }

    @Test("a set of files with an index") func shards() throws {
        let weights = try SourceWeights.read(Fixtures.source("shards.safetensors.index.json"))
        #expect(weights.tensors.map { $0.name } == ["a.weight", "b.weight"])
        try Fixtures.check(weights.tensors[0], .float32, [2, 2])
        try Fixtures.check(weights.tensors[1], .float32, [3])
    }

    private func file(_ header: String, data: Int, length: UInt64? = nil) -> SourceFile {
        let text = Array(header.utf8)
        let count = length ?? UInt64(text.count)
        let prefix = (0..<8).map { UInt8(truncatingIfNeeded: count >> UInt64(8 * $0)) }
        return SourceFile(bytes: prefix + text + [UInt8](repeating: 0, count: data))
    }

    private static func entry(
        _ name: String, _ begin: Int, _ end: Int, shape: String = "[2]", type: String = "U8", more: String = ""
    ) -> String {
        "\"\(name)\":{\"dtype\":\"\(type)\",\(more)\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
    }

    /// A header's entries, how many bytes follow it, and the error that the file must give.
    static let attacks: [(name: String, entries: String, data: Int, code: PithError.Code)] = [
        ("overlap", entry("a", 0, 2) + "," + entry("b", 1, 3), 3, .malformed),
        ("gap", entry("a", 0, 2) + "," + entry("b", 3, 5), 5, .malformed),
        ("bytes that no tensor owns", entry("a", 0, 2), 9, .trailingBytes),
        ("past the end", entry("a", 0, 2), 1, .malformed),
        ("end before begin", entry("a", 2, 0), 2, .malformed),
        ("negative", entry("a", 0, 2, shape: "[-2]"), 2, .malformed),
        ("shape times size", entry("a", 0, 2, type: "F32"), 2, .shapeMismatch),
        ("shape times bits", entry("a", 0, 2, shape: "[3]", type: "F4"), 2, .shapeMismatch),
        ("carried elements that wrap", entry("a", 0, 0, shape: "[4294967295]", type: "C64"), 0, .shapeMismatch),
        ("product that wraps", entry("a", 0, 0, shape: "[4294967296,4294967296]"), 0, .limitExceeded),
        ("rank", entry("a", 0, 1, shape: "[1,1,1,1,1,1,1,1,1]"), 1, .limitExceeded),
        ("one key twice", entry("a", 0, 2) + "," + entry("a", 0, 2), 2, .duplicateName),
        ("one key twice, escaped", entry("a", 0, 2) + "," + entry("\\u0061", 0, 2), 2, .duplicateName),
        ("one field twice", entry("a", 0, 2, more: "\"dtype\":\"I8\","), 2, .duplicateName),
        ("another field", entry("a", 0, 2, more: "\"x\":1,"), 2, .malformed),
        ("a type of its own", entry("a", 0, 2, type: "X9"), 2, .malformed),
        ("a fraction", entry("a", 0, 2, shape: "[2.5]"), 2, .malformed),
        ("true for 1", entry("a", 0, 1, shape: "[true]"), 1, .malformed),
        ("metadata that are not text", "\"__metadata__\":{\"a\":1}", 0, .malformed),
        ("text after the object", entry("a", 0, 2) + "}{", 2, .malformed),
    ]

    @Test("attacks on the header are refused", arguments: attacks.indices)
    func attack(index: Int) {
        let attack = Self.attacks[index]
        let source = file("{" + attack.entries + "}", data: attack.data)
        let error = #expect(throws: PithError.self, "\(attack.name)") { try SourceWeights.read(source) }
        #expect(error?.code == attack.code, "\(attack.name): \(String(describing: error))")
    }

    @Test("a header longer than the file, or than any may be") func longHeader() {
        let text = "{" + Self.entry("a", 0, 2) + "}"
        let short = #expect(throws: PithError.self) { try SourceWeights.read(file(text, data: 2, length: 1 << 20)) }
        #expect(short?.code == .truncated)
        let long = #expect(throws: PithError.self) { try SourceWeights.read(file(text, data: 2, length: 1 << 32)) }
        #expect(long?.code == .limitExceeded)
    }

    @Test("a header nested deep is an error and not a crash") func nested() {
        let deep = "{\"a\":" + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}"
        let error = #expect(throws: PithError.self) { try SourceWeights.read(file(deep, data: 0)) }
        #expect(error?.code == .malformed)
    }

    @Test("no cut of a file is taken for one") func cuts() throws {
        let bytes = try Fixtures.bytes("shard-1.safetensors")
        for count in bytes.indices {
            #expect(throws: PithError.self) { try SourceWeights.read(SourceFile(bytes: Array(bytes[..<count]))) }
        }
    }

    @Test("an index names only files beside it", arguments: ["../x", "/etc/passwd", "a/../../x", "a\\\\x", "", "link"])
    func index(name: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: Fixtures.folder + "shard-1.safetensors")
        let path = folder.path + "/m.json"
        try "{\"weight_map\": {\"a.weight\": \"\(name)\"}}".write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: PithError.self) { try SourceWeights.read(SourceFile(path: path)) }
        #expect(error?.code == .malformed)
    }
}
