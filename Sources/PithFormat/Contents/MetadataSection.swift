import PithGraph

/// Metadata in a file (`spec/FORMAT.md`, "meta").
enum MetadataSection {
    /// Keys of a file.
    static let entryLimit = 4096

    /// UTF-8 bytes of a text, and elements of a list.
    static let textLimit = 1 << 20

    static func encode(_ metadata: Metadata) -> [UInt8] {
        var writer = ByteWriter()
        writer.count(metadata.entries.count)
        for entry in metadata.entries {
            writer.text(entry.key)
            switch entry.value {
            case .string(let value):
                writer.byte(1)
                writer.text(value)
            case .int(let value):
                writer.byte(2)
                writer.signed(value)
            case .float(let value):
                writer.byte(3)
                writer.uint64(value.bitPattern)
            case .strings(let values):
                writer.byte(4)
                writer.count(values.count)
                for value in values { writer.text(value) }
            case .floats(let values):
                writer.byte(5)
                writer.count(values.count)
                for value in values { writer.uint64(value.bitPattern) }
            }
        }
        return writer.bytes
    }

    static func decode(_ reader: inout ByteReader) throws(PithError) -> Metadata {
        var metadata = Metadata()
        var last: String?
        for _ in 0..<(try reader.count(limit: entryLimit, of: "entries", itemBytes: 3)) {
            let key = try reader.name()
            guard last.map({ $0.utf8.lexicographicallyPrecedes(key.utf8) }) ?? true else {
                throw reader.error(.malformed, "the keys are not in ascending order")
            }
            last = key
            metadata[key] = try value(&reader)
        }
        guard !metadata.isEmpty else { throw reader.error(.malformed, "the section holds nothing") }
        return metadata
    }

    private static func value(_ reader: inout ByteReader) throws(PithError) -> Metadata.Value {
        let kind = try reader.byte()
        switch kind {
        case 1: return .string(try reader.text(limit: textLimit))
        case 2: return .int(try reader.signed())
        case 3: return .float(Double(bitPattern: try reader.uint64()))
        case 4:
            var values: [String] = []
            for _ in 0..<(try reader.count(limit: textLimit, of: "texts")) {
                values.append(try reader.text(limit: textLimit))
            }
            return .strings(values)
        case 5:
            var values: [Double] = []
            for _ in 0..<(try reader.count(limit: textLimit, of: "numbers", itemBytes: 8)) {
                values.append(Double(bitPattern: try reader.uint64()))
            }
            return .floats(values)
        default: throw reader.error(.malformed, "kind \(kind) of a value is not known")
        }
    }
}
