import PithGraph

extension TensorIndex {
    /// The section's bytes.
    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(UInt8(chunkByteCount.trailingZeroBitCount))
        writer.count(entries.count)
        for entry in entries {
            writer.text(entry.name)
            writer.byte(entry.form.elementType.rawValue)
            EncodingFields.encode(entry, &writer)
            for chunk in entry.chunks {
                writer.byte(chunk.codec.rawValue)
                writer.count(chunk.storedLength)
                if let checksum = chunk.checksum { writer.uint32(checksum) }
            }
        }
        return writer.bytes
    }

    /// Reads the index.
    static func decode(_ reader: inout ByteReader, limits: ReadingLimits) throws(PithError) -> TensorIndex {
        let bits = try reader.byte()
        guard bits < Int.bitWidth - 1, EncodingOptions.chunkSizes.contains(1 << Int(bits)) else {
            throw reader.error(.unsupportedFeature, "chunks of 2^\(bits) bytes are not known")
        }
        var index = TensorIndex(chunkByteCount: 1 << Int(bits), entries: [])
        var names = NameSet()
        var isNamed = true
        let count = try reader.count(limit: limits.tensors, of: "tensors", itemBytes: 4)
        index.entries.reserveCapacity(min(count, ByteReader.mostReserved))
        for _ in 0..<count {
            let name = try reader.name(mayBeEmpty: true)
            do throws(PithError) {
                let entry = try entry(name, &reader)
                let chunks = try chunks(entry.form.components, name, &reader, index.chunkByteCount)
                index.entries.append(entry)
                index.entries[index.entries.count - 1].chunks = chunks
            } catch {
                throw error.located(
                    in: PithError.Location(offset: UInt64(reader.offset), section: reader.section, tensor: name))
            }
            guard isNamed || name.isEmpty else {
                throw reader.error(.malformed, "'\(name)' follows a tensor without a name")
            }
            isNamed = !name.isEmpty
            guard name.isEmpty || names.insert(name) else {
                throw reader.error(.duplicateName, "two tensors are named '\(name)'")
            }
        }
        return index
    }

    /// Reads an entry but its chunks.
    private static func entry(_ name: String, _ reader: inout ByteReader) throws(PithError) -> Entry {
        let type = try GraphSection.elementType(try reader.byte(), reader)
        let entry = try EncodingFields.decode(name, type, &reader)
        guard !name.isEmpty || entry.form.encoding == .plain && entry.form.layout == .rowMajor && entry.foreign == nil
        else { throw reader.error(.malformed, "a tensor of a test vector is encoded") }
        return entry
    }

    private static func chunks(
        _ components: [TensorComponent], _ name: String, _ reader: inout ByteReader, _ chunkByteCount: Int
    ) throws(PithError) -> [Chunk] {
        let last = components.lastIndex { $0.byteCount > 0 }
        var chunks: [Chunk] = []
        var pending = 0
        for (number, component) in components.enumerated() {
            let count = chunkCount(component, chunkByteCount)
            guard count <= reader.remaining / 2 else {
                var failure = reader.error(.truncated, "a tensor's chunks do not fit in the rest of the section")
                failure.location.tensor = name
                throw failure
            }
            chunks.reserveCapacity(chunks.count + min(count, ByteReader.mostReserved))
            for place in 0..<count {
                let decoded = min(chunkByteCount, component.byteCount - place * chunkByteCount)
                var chunk = try chunk(&reader, decoded)
                pending += chunk.storedLength
                if pending > checksumBytes || number == last && place == count - 1 {
                    chunk.checksum = try reader.uint32()
                    pending = 0
                }
                chunks.append(chunk)
            }
        }
        return chunks
    }

    private static func chunk(_ reader: inout ByteReader, _ decoded: Int) throws(PithError) -> Chunk {
        let code = try reader.byte()
        guard let codec = ChunkCodec(rawValue: code) else {
            throw reader.error(
                .unsupportedFeature, "codec \(code) is not known", advice: "use a newer version of Pith")
        }
        let length = try reader.count(limit: .max >> 1, of: "stored bytes", itemBytes: 0)
        guard codec == .stored ? length == decoded : length >= 1 && length < decoded else {
            throw reader.error(.malformed, "\(length) stored bytes cannot hold the \(decoded) of a chunk")
        }
        return Chunk(codec: codec, storedLength: length, checksum: nil)
    }
}
