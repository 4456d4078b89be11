import PithFormat
import PithGraph

extension FuzzTarget {
    /// One chunk: a byte for the codec, one for the element type, two for the count of elements, then stored bytes for
    /// the reader; the same bytes as elements for the writer, which must give them back.
    static let codecs = FuzzTarget(
        name: "codecs",
        seeds: {
            let stream: [UInt8] = [0x63, 0x60, 0xA0, 0x0C, 0x00, 0x00]  // 64 zero bytes, deflated
            return [
                [0, 14, 3, 0, 1, 2, 3], [1, 14, 64, 0, 1, 6] + stream,
                [1, 4, 64, 0, 1, 6] + stream + [0, 64] + (1...64),
            ]
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

    private static func file(
        codec: UInt8, _ type: UInt8, _ count: ArraySlice<UInt8>, _ stored: [UInt8]
    ) -> [UInt8] {
        let extent = varint(count.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        let entry = [18, 1, 1, 0x61, type, 0, 0, 1] + extent + [codec] + varint(UInt64(stored.count))
        return FileParts(role: 2, sections: [("TNSR", entry + [0, 0, 0, 0]), ("DATA", stored)]).repaired()
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }
}
