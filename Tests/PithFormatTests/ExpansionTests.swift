import PithFormat
import PithGraph
import Testing

@Suite("Files that decode to far more bytes than they have") struct ExpansionTests {
    private static let count = 5 << 20

    @Test(
        "tensors of zeros are coded in as many bytes as a reader asks for",
        arguments: EncodingOptions.Level.allCases, [true, false])
    func zeros(level: EncodingOptions.Level, usesDeflate: Bool) throws {
        let entries = [UInt8](repeating: 1, count: 16)
        let palette = PaletteEncoding(.float32, entryCount: 4, grouping: .tensor)
        let file = ModelFile(
            role: .weights,
            tensors: [
                try tensor("plain", .float32, [Self.count]),
                try StoredTensor(
                    name: "palette", elementType: .float32, shape: [Self.count], encoding: .palette(palette),
                    components: [[UInt8](repeating: 3, count: Self.count), entries]),
            ])
        for chunkBits in [12, 18, 22] {
            let options = EncodingOptions(level: level, usesDeflate: usesDeflate, chunkByteCount: 1 << chunkBits)
            let bytes = try file.encoded(options)
            let back = try ModelFile.decode(bytes)
            #expect(back.tensors == file.tensors)
            #expect(decodedBytes(back) <= 1032 * bytes.count)
            guard level != .stored, usesDeflate else { continue }
            #expect(bytes.count < decodedBytes(back) / 4)
        }
    }

    private func decodedBytes(_ file: ModelFile) -> Int {
        file.tensors.reduce(0) { sum, tensor in
            let components = tensor.components.reduce(0) { $0 + $1.count }
            return sum + components + (tensor.encoding == .plain ? 0 : tensor.bytes.count)
        }
    }

    @Test("what stays under 16 MiB is as small as it gets")
    func small() throws {
        let file = ModelFile(role: .weights, tensors: [try tensor("w", .float32, [1 << 22])])
        let bytes = try file.encoded()
        #expect(bytes.count < 1000)
        #expect(try ModelFile.decode(bytes).tensors == file.tensors)
    }

    @Test("a sparse tensor of nothing but zeros, which cannot be coded in more bytes, is refused by the writer")
    func nothing() throws {
        func sparse(_ count: Int) throws -> ModelFile {
            let tensor = try StoredTensor(
                name: "s", elementType: .float32, shape: [count], positions: [], values: .plain, valueComponents: [[]])
            return ModelFile(role: .weights, tensors: [tensor])
        }
        #expect(throws: Never.self) { try ModelFile.decode(sparse(1 << 22).encoded()) }
        let large = try sparse(1 << 22 + 1)
        #expect(throws: PithError(.limitExceeded, "")) { _ = try large.encoded() }
        // The same elements have a form that a file can hold.
        let smallest = try tensor("s", .float32, [1 << 22 + 1]).smallest()
        let bytes = try ModelFile(role: .weights, tensors: [smallest]).encoded()
        #expect(try ModelFile.decode(bytes).tensors[0].bytes == [UInt8](repeating: 0, count: smallest.bytes.count))
    }
}
