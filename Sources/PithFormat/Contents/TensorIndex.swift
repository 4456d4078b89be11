import PithGraph

/// What tensors there are and where their chunks lie (`spec/FORMAT.md`, "TNSR"). Positions are not stored: chunks follow
/// one another in DATA.
enum TensorIndex {
    /// log₂ of the decoded bytes of a chunk.
    static let chunkBits: UInt8 = 18

    /// A raw tensor of more bytes than this starts at a multiple of `alignment` in the file.
    static let unalignedBytes = 4096

    /// See `unalignedBytes`.
    static let alignment = 64

    /// No codec gives more bytes than this for one stored: the bound of deflate.
    static let expansion = 1032

    struct Entry {
        var name: String
        var elementType: ElementType
        var shape: Shape
        var chunks: [Chunk]

        /// Decoded bytes; `decode` has checked that they fit.
        var byteCount: Int { shape.elementCount * elementType.byteCount }
        var isAligned: Bool { byteCount > unalignedBytes && chunks.allSatisfy { $0.codec == .stored } }
    }

    struct Chunk {
        var codec: ChunkCodec
        var storedLength: Int
        var checksum: UInt32
    }

    static func encode(_ entries: [Entry]) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(chunkBits)
        writer.count(entries.count)
        for entry in entries {
            writer.text(entry.name)
            writer.append([entry.elementType.rawValue, 0, 0])
            writer.count(entry.shape.rank)
            for extent in entry.shape.dimensions { writer.count(extent) }
            for chunk in entry.chunks {
                writer.byte(chunk.codec.rawValue)
                writer.count(chunk.storedLength)
                writer.uint32(chunk.checksum)
            }
        }
        return writer.bytes
    }

    static func decode(_ reader: inout ByteReader, limits: ReadingLimits) throws(PithError) -> [Entry] {
        guard try reader.byte() == chunkBits else {
            throw reader.error(.unsupportedFeature, "the chunk size is not 2^\(chunkBits)")
        }
        var entries: [Entry] = []
        var names: Set<String> = []
        var isNamed = true
        for _ in 0..<(try reader.count(limit: limits.tensors, of: "tensors", itemBytes: 5)) {
            let entry = try entry(&reader)
            guard isNamed || entry.name.isEmpty else {
                throw reader.error(.malformed, "'\(entry.name)' follows a tensor without a name")
            }
            isNamed = !entry.name.isEmpty
            guard entry.name.isEmpty || names.insert(entry.name).inserted else {
                throw reader.error(.duplicateName, "two tensors are named '\(entry.name)'")
            }
            entries.append(entry)
        }
        return entries
    }

    private static func entry(_ reader: inout ByteReader) throws(PithError) -> Entry {
        let name = try reader.text()
        guard !name.utf8.contains(0) else { throw reader.error(.invalidName, "a name has a zero byte") }
        let type = try GraphSection.elementType(try reader.byte(), reader)
        let (encoding, layout) = (try reader.byte(), try reader.byte())
        guard encoding == 0, layout == 0 else {
            throw reader.error(.unsupportedFeature, "encoding \(encoding), layout \(layout) of '\(name)' is not known")
        }
        var extents: [Int] = []
        for _ in 0..<(try reader.count(limit: Limits.rank, of: "dimensions")) {
            extents.append(try reader.count(limit: Limits.elementCount, of: "elements", itemBytes: 0))
        }
        let shape: Shape
        do throws(PithError) {
            shape = try Shape(checking: extents)
        } catch {
            throw reader.error(error.code, error.reason)
        }
        guard !shape.elementCount.multipliedReportingOverflow(by: type.byteCount).overflow else {
            throw reader.error(.limitExceeded, "'\(name)' is larger than memory")
        }
        var entry = Entry(name: name, elementType: type, shape: shape, chunks: [])
        let count = (entry.byteCount + (1 << Int(chunkBits)) - 1) >> Int(chunkBits)
        guard count <= (reader.end - reader.position) / 6 else {
            throw reader.error(.truncated, "the chunks of '\(name)' do not fit in the rest of the section")
        }
        for number in 0..<count {
            let code = try reader.byte()
            guard let codec = ChunkCodec(rawValue: code) else {
                throw reader.error(
                    .unsupportedFeature, "codec \(code) of '\(name)' is not known",
                    advice: "use a newer version of Pith")
            }
            let length = try reader.count(limit: .max >> 2, of: "stored bytes", itemBytes: 0)
            let decoded = min(1 << Int(chunkBits), entry.byteCount - number << Int(chunkBits))
            guard length <= decoded, length >= (decoded + expansion - 1) / expansion,
                codec != .stored || length == decoded
            else {
                throw reader.error(.malformed, "\(length) bytes cannot hold the \(decoded) of a chunk of '\(name)'")
            }
            entry.chunks.append(Chunk(codec: codec, storedLength: length, checksum: try reader.uint32()))
        }
        return entry
    }
}
