import Foundation
import PithFormat
import PithGraph
import Testing

/// A small model with every section.
func sampleFile() throws -> ModelFile {
    var graph = Graph(name: "tiny")
    let x = try graph.addInput("x", ValueType(.float32, ["batch", 4]))
    let w = try graph.addInitializer("w", .float32, [3, 4])
    let b = try graph.addInitializer("b", .float32, [3])
    let y = try graph.add(.gemm, [x, w, b], [.transB: 1])
    try graph.addOutput(graph.add(.softmax, [y]), name: "p")
    func tensor(_ name: String, _ type: ElementType, _ shape: Shape) throws -> StoredTensor {
        let bytes = (0..<(shape.elementCount * type.byteCount)).map { UInt8(truncatingIfNeeded: $0 * 37 + name.count) }
        return try StoredTensor(name: name, elementType: type, shape: shape, bytes: bytes)
    }
    var metadata = Metadata()
    metadata[Metadata.labels] = .strings(["a", "b", "c"])
    metadata[Metadata.accuracy] = .float(0.5)
    metadata["n"] = .int(-3)
    return try ModelFile(
        role: .model, graph: graph, tensors: [tensor("w", .bfloat16, [3, 4]), tensor("b", .float32, [3])],
        metadata: metadata,
        testVectors: [
            TestVector(inputs: [tensor("", .float32, [1, 4])], outputs: [tensor("", .float32, [1, 3])])
        ])
}

private func code(_ bytes: [UInt8], expecting role: FileRole? = nil) -> PithError.Code? {
    do throws(PithError) {
        _ = try ModelFile.decode(bytes, expecting: role)
        return nil
    } catch {
        return error.code
    }
}

@Suite("Format") struct FormatTests {
    @Test func aFileComesBackAsItWas() throws {
        let file = try sampleFile()
        let bytes = try file.encoded()
        let back = try ModelFile.decode(bytes, expecting: .model)
        #expect(back.tensors == file.tensors)
        #expect(back.metadata == file.metadata)
        #expect(back.testVectors == file.testVectors)
        #expect(try back.graph == file.graph?.canonical())
        #expect(try back.encoded() == bytes)
    }

    @Test("every single bit matters") func everyBitFlipIsRefused() throws {
        let bytes = try sampleFile().encoded()
        #expect(bytes.count < 4096)
        for position in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[position] ^= 1 << UInt8(bit)
                #expect(code(damaged) != nil, "bit \(bit) of byte \(position)")
            }
        }
    }

    @Test func everyTruncationAndExtensionIsRefused() throws {
        let bytes = try sampleFile().encoded()
        for length in 0..<bytes.count { #expect(code(Array(bytes[..<length])) != nil) }
        #expect(code(bytes + [0]) == .trailingBytes)
        #expect(code(bytes + bytes) == .trailingBytes)
    }

    @Test func damageHasItsCode() throws {
        let bytes = try sampleFile().encoded()
        #expect(code([]) == .truncated)
        #expect(code(Array("hello, this is text\n".utf8)) == .wrongKind)
        #expect(code(bytes.map { $0 & 0x7F }) == .damagedByTextTransfer)
        #expect(code(bytes, expecting: .checkpoint) == .wrongRole)
        var newer = bytes
        newer[8] += 1
        #expect(code(newer) == .unsupportedVersion)
        var flipped = bytes
        flipped[bytes.count - 1] ^= 1
        #expect(code(flipped) == .checksumMismatch)
    }

    @Test("large tensors are chunked, compressed and aligned when raw", arguments: ElementType.allCases, [true, false])
    func largeTensors(type: ElementType, compresses: Bool) throws {
        var state: UInt32 = 1
        let count = 300_000 / type.byteCount
        var bytes = (0..<(count * type.byteCount)).map { index -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return index % 4 == 3 ? UInt8(60 + state >> 30) : UInt8(state >> 24)
        }
        if type == .bool { bytes = bytes.map { $0 & 1 } }
        let tensor = try StoredTensor(name: "t", elementType: type, shape: [count], bytes: bytes)
        let small = try StoredTensor(name: "s", elementType: .uint8, shape: [3], bytes: [1, 2, 3])
        let encoded = try ModelFile(role: .weights, graph: nil, tensors: [small, tensor]).encoded(
            EncodingOptions(compresses: compresses))
        let back = try ModelFile.decode(encoded)
        #expect(back.tensors == [small, tensor])
        let summary = try FileSummary.of(encoded)
        #expect(summary.tensors[1].codecs.count == (count * type.byteCount + (1 << 18) - 1) >> 18)
        if !compresses {
            #expect(summary.tensors[1].codecs.allSatisfy { $0 == "stored" })
            #expect((encoded.count - bytes.count) % 64 == 0)
        } else if type == .float32 {
            #expect(summary.tensors[1].storedBytes < UInt64(bytes.count) * 9 / 10)
        }
    }

    @Test func limitsAreCheckedBeforeAllocation() throws {
        var limits = ReadingLimits()
        limits.decodedBytes = 8
        let bytes = try sampleFile().encoded()
        let error = #expect(throws: PithError.self) { try ModelFile.decode(bytes, limits: limits) }
        #expect(error?.code == .limitExceeded)
    }

    @Test func writingLeavesNothingHalfDone() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("m.pith").path
        try sampleFile().write(to: path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m.pith"])
        #expect(try ModelFile.read(from: path).role == .model)
        for (bad, expected) in [
            (folder.path, PithError.Code.isADirectory), (folder.path + "/none/m.pith", .fileNotFound),
        ] {
            let error = #expect(throws: PithError.self) { try sampleFile().write(to: bad) }
            #expect(error?.code == expected)
        }
        let missing = #expect(throws: PithError.self) { try ModelFile.read(from: folder.path + "/x") }
        #expect(missing?.code == .fileNotFound)
    }
}
