import PithGraph

@testable import PithFormat

extension FuzzTarget {
    /// One chunk: a byte for the codec, one for the element type, two for the count of elements, then stored bytes for
    /// the reader; the same bytes as elements for the writer, which must give them back.
    static let codecs = FuzzTarget(
        name: "codecs",
        seeds: {
            let stream: [UInt8] = [0x63, 0x60, 0xA0, 0x0C, 0x00, 0x00]  // 64 zero bytes, deflated
            return [
                [0, 13, 3, 0, 1, 2, 3], [2, 13, 64, 0, 1, 6] + stream,
                [2, 3, 64, 0, 1, 6] + stream + [0, 64] + (1...64),
            ] + coded
        },
        run: { bytes in
            guard bytes.count > 4 else { return }
            let code = bytes[1] % UInt8(ElementType.allCases.count) + 1
            guard let type = ElementType(rawValue: code) else { return }
            let stored = Array(bytes[4...])
            _ = try? ModelFile.decode(file(codec: bytes[0], code, bytes[2...3], stored), limits: .fuzzing)
            guard stored.count % 32 == 7 else { return }  // Deflating is a hundred times slower than reading.
            let count = stored.count / type.byteCount
            let elements = Array(stored.prefix(count * type.byteCount)).map { type == .bool ? $0 & 1 : $0 }
            do {
                let tensor = try StoredTensor(name: "a", elementType: type, shape: [count], bytes: elements)
                let back = try ModelFile.decode(ModelFile(role: .weights, tensors: [tensor]).encoded())
                guard back.tensors == [tensor] else { finding("other elements come back") }
            } catch {
                finding("elements are not written: \(error)")
            }
        })

    /// Chunks as the writer codes them, Huffman planes among them.
    private static var coded: [[UInt8]] {
        var inputs: [[UInt8]] = []
        let elements: [UInt8] = (0..<1024).map { UInt8(truncatingIfNeeded: ($0 % 37) * ($0 % 5)) }
        for type in [ElementType.float32, .bfloat16, .uint8, .int16] {
            let count = elements.count / type.byteCount
            for level in EncodingOptions.Level.allCases {
                let encoder = ChunkEncoder(options: EncodingOptions(level: level))
                var stored: [UInt8] = []
                let codec = encoder.encode(
                    elements[...], width: type.byteCount, rotates: type.isFloatingPoint, into: &stored)
                let head: [UInt8] = [codec.rawValue, type.rawValue - 1, UInt8(count & 0xFF), UInt8(count >> 8)]
                inputs.append(head + stored)
            }
        }
        return inputs
    }

    private static func file(
        codec: UInt8, _ type: UInt8, _ count: ArraySlice<UInt8>, _ stored: [UInt8]
    ) -> [UInt8] {
        let extent = varint(count.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        let head: [UInt8] = [18, 1, 1, 0x61, type, 0, 1]
        let entry: [UInt8] = head + extent + [codec] + varint(UInt64(stored.count))
        return FileParts(role: .weights, sections: [(.tensors, entry + [0, 0, 0, 0]), (.data, stored)]).repaired()
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }
}
