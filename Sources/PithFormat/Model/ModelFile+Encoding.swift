public import PithGraph

extension ModelFile {
    /// The bytes of the file: the same for the same contents, on any machine.
    ///
    /// - Throws: `invalidGraph` when the first tensors are not those of the graph's initializers, `duplicateName`,
    ///   `invalidName`.
    public func encoded(_ options: EncodingOptions = EncodingOptions()) throws(PithError) -> [UInt8] {
        let graph = try self.graph?.canonical()
        try check(graph)
        let all = tensors + testVectors.flatMap { $0.inputs + $0.outputs }
        let coded = all.map { Self.encode($0, options) }
        let index = coded.map { $0.entry }

        var sections: [(kind: SectionKind, bytes: [UInt8])] = []
        if let graph { sections.append((.graph, GraphSection.encode(graph, stored: tensors))) }
        sections.append((.tensors, TensorIndex.encode(index)))
        if !metadata.entries.isEmpty { sections.append((.metadata, MetadataSection.encode(metadata))) }
        if !testVectors.isEmpty {
            var writer = ByteWriter()
            writer.count(testVectors.count)
            sections.append((.tests, writer.bytes))
        }
        var position = FileHeader.byteCount + FileHeader.entryBytes * (sections.count + 1)
        for section in sections { position += section.bytes.count }
        var data: [UInt8] = []
        for (entry, bytes) in coded {
            if entry.isAligned {
                while (position + data.count) % TensorIndex.alignment != 0 { data.append(0) }
            }
            data += bytes
        }
        sections.append((.data, data))
        return assemble(sections, graph, decodedBytes: all.reduce(0) { $0 + UInt64($1.bytes.count) })
    }

    private func assemble(
        _ sections: [(kind: SectionKind, bytes: [UInt8])], _ graph: Graph?, decodedBytes: UInt64
    ) -> [UInt8] {
        var header = FileHeader(
            role: role, decodedBytes: decodedBytes, workingBytes: graph?.peakWorkingBytes ?? 0, sections: [])
        var position = FileHeader.byteCount + FileHeader.entryBytes * sections.count
        for section in sections {
            let range = position..<(position + section.bytes.count)
            let checksum = section.kind == .data ? 0 : Checksum.of(section.bytes)
            header.sections.append(FileHeader.Section(kind: section.kind, range: range, checksum: checksum))
            position = range.upperBound
        }
        header.fileLength = UInt64(position)
        var bytes = header.encoded()
        bytes.reserveCapacity(position)
        for section in sections { bytes += section.bytes }
        return bytes
    }

    private func check(_ graph: Graph?) throws(PithError) {
        guard graph != nil || role == .weights else {
            throw PithError(.invalidGraph, "a \(role.name) needs a graph")
        }
        var names: Set<String> = []
        for tensor in tensors {
            guard !tensor.name.isEmpty, tensor.name.utf8.count <= Limits.nameBytes else {
                throw PithError(.invalidName, "a tensor has no name or one that is too long")
            }
            guard names.insert(tensor.name).inserted else {
                throw PithError(.duplicateName, "two tensors are named '\(tensor.name)'")
            }
        }
        guard let graph else { return }
        try Self.check(graph, tensors.map { ($0.name, $0.shape) })
        for vector in testVectors {
            guard vector.inputs.count == graph.inputs.count, vector.outputs.count == graph.outputs.count,
                (vector.inputs + vector.outputs).allSatisfy({ $0.name.isEmpty })
            else { throw PithError(.invalidGraph, "a test vector does not fit the graph") }
        }
    }

    /// Each initializer has the tensor at its position.
    static func check(_ graph: Graph, _ tensors: [(name: String, shape: Shape)]) throws(PithError) {
        for (position, id) in graph.initializers.enumerated() {
            let name = graph[id].name
            guard position < tensors.count, tensors[position].name == name else {
                throw PithError(.invalidGraph, "the initializer has no tensor at its position", at: .tensor(name))
            }
            let shape = try graph[id].type.shape()
            guard tensors[position].shape == shape else {
                throw PithError(
                    .shapeMismatch, "expected \(shape), given \(tensors[position].shape)", at: .tensor(name))
            }
        }
    }

    private static func encode(
        _ tensor: StoredTensor, _ options: EncodingOptions
    ) -> (entry: TensorIndex.Entry, bytes: [UInt8]) {
        var entry = TensorIndex.Entry(
            name: tensor.name, elementType: tensor.elementType, shape: tensor.shape, chunks: [])
        var stored: [UInt8] = []
        let size = 1 << Int(TensorIndex.chunkBits)
        for start in stride(from: 0, to: tensor.bytes.count, by: size) {
            let chunk = tensor.bytes[start..<min(start + size, tensor.bytes.count)]
            let (codec, bytes) =
                options.compresses
                ? ChunkCodec.encode(chunk, type: tensor.elementType) : (ChunkCodec.stored, Array(chunk))
            entry.chunks.append(
                TensorIndex.Chunk(codec: codec, storedLength: bytes.count, checksum: Checksum.of(bytes)))
            stored += bytes
        }
        return (entry, stored)
    }
}
