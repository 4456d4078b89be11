import PithFormat
import PithGraph
import Testing

@Suite("Files worked out by hand") struct HandWorkedFileTests {
    @Test("the example of the specification is what the writer writes and the reader reads")
    func example() throws {
        let file = ModelFile(
            role: .weights,
            tensors: [try StoredTensor(name: "a", elementType: .uint8, shape: [3], bytes: [1, 2, 3])])
        let bytes = HandFile.weights.bytes
        #expect(bytes.count == 54)
        #expect(try file.encoded() == bytes)
        let back = try ModelFile.decode(bytes, expecting: .weights)
        #expect(back.tensors == file.tensors)
        #expect(back.graph == nil)
    }

    @Test("a later minor version is read, and named where something in it is not known")
    func laterMinor() throws {
        var file = HandFile.weights
        file.minor = 7
        #expect(try ModelFile.decode(file.bytes).tensors.count == 1)
        #expect(try FileSummary.of(file.bytes).version == "1.7")
        file.features = 1 << 40
        let error = #expect(throws: PithError.self) { try ModelFile.decode(file.bytes) }
        #expect(error?.code == .unsupportedFeature && error?.advice.contains("format 1.7") == true)
    }

    @Test("a graph is written as the specification says")
    func graph() throws {
        let bytes = HandFile.model.bytes
        let file = try ModelFile.decode(bytes, expecting: .model)
        let graph = try #require(file.graph)
        #expect(graph.text == "g (float[1] x) => (float[1] y)\n<float[1] w> {\n  y = Add (x, w)\n}\n")
        #expect(try file.encoded() == bytes)
    }

    @Test("planes are put together as the specification says")
    func planes() throws {
        // 1.0 and -2.0 in bfloat16 are 3F80 and C000; rotated left: 7F00 and 8001.
        var file = HandFile.weights
        let stored: [UInt8] = [0, 2, 0x00, 0x01, 0, 2, 0x7F, 0x80]
        file.features = 1
        // Stored planes take more than the elements, so a chunk of them is refused.
        file.decodedBytes = 4
        file.sections = [
            ("TNSR", [18, 1, 1, 0x61, 4, 0, 1, 2, 1, 8] + crc(stored)), ("DATA", stored),
        ]
        #expect(refusal(file.bytes) == .malformed)
        // The low plane is 64 zero bytes, deflated by Python's zlib; the high one is stored.
        let zeros: [UInt8] = [0x63, 0x60, 0xA0, 0x0C, 0x00, 0x00]
        let high = (0..<64).map { UInt8($0 + 1) }
        let chunk: [UInt8] = [1, 6] + zeros + [0, 64] + high
        file.decodedBytes = 128
        file.features = 2
        file.sections = [
            ("TNSR", [18, 1, 1, 0x61, 4, 0, 1, 64, 2, UInt8(chunk.count)] + crc(chunk)), ("DATA", chunk),
        ]
        let bytes = try ModelFile.decode(file.bytes).tensors[0].bytes
        // Element 0x0100 rotated right by one is 0x0080: bytes 80 00; 0x0200 is 0x0100: bytes 00 01.
        var expected: [UInt8] = []
        for value: UInt8 in 1...64 { expected += [value % 2 == 1 ? 0x80 : 0, value / 2] }
        #expect(bytes == expected)
    }
}
