public import PithGraph

extension ModelFile {
    /// The bytes of the file: the same for the same contents and version of zlib, on any machine.
    ///
    /// The initializers' tensors are written in the graph's order, then the others in their own.
    ///
    /// - Throws: `invalidArgument` for a role with too little or too much, `invalidGraph` for an initializer without a
    ///   tensor, `typeMismatch`, `shapeMismatch`, `duplicateName`, `invalidName`, `limitExceeded`: whatever a reader
    ///   would refuse.
    /// - Complexity: O(n) in the number of bytes.
    public func encoded(_ options: EncodingOptions = EncodingOptions()) throws(PithError) -> [UInt8] {
        let graph = try self.graph?.canonical()
        let tensors = try ordered(for: graph)
        try check(graph, tensors)
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
        let usesPlanes = index.contains { $0.chunks.contains { $0.codec == .planes } }
        return assemble(
            sections, graph, features: usesPlanes ? FileHeader.planesFeature : 0,
            decodedBytes: all.reduce(0) { $0 + UInt64($1.bytes.count) })
    }

    private func assemble(
        _ sections: [(kind: SectionKind, bytes: [UInt8])], _ graph: Graph?, features: UInt32,
        decodedBytes: UInt64
    ) -> [UInt8] {
        var header = FileHeader(
            role: role, features: features, decodedBytes: decodedBytes, workingBytes: graph?.peakWorkingBytes ?? 0,
            sections: [])
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

    /// The initializers' tensors in the graph's order, then the others in their own.
    func ordered(for graph: Graph?) throws(PithError) -> [StoredTensor] {
        guard let graph, !graph.initializers.isEmpty else { return tensors }
        var positions: [String: Int] = [:]
        for (position, tensor) in tensors.enumerated() { positions[tensor.name] = position }
        var isTaken = [Bool](repeating: false, count: tensors.count)
        var result: [StoredTensor] = []
        for id in graph.initializers {
            guard let position = positions[graph[id].name] else {
                throw PithError(.invalidGraph, "the initializer has no tensor", at: .tensor(graph[id].name))
            }
            isTaken[position] = true
            result.append(tensors[position])
        }
        for (position, tensor) in tensors.enumerated() where !isTaken[position] { result.append(tensor) }
        return result
    }

    func check(_ graph: Graph?, _ tensors: [StoredTensor]) throws(PithError) {
        guard (graph == nil) == (role == .weights) else {
            throw PithError(
                .invalidArgument, graph == nil ? "a \(role.name) needs a graph" : "\(role.name) have no graph")
        }
        try MetadataSection.check(metadata)
        var names: Set<String> = []
        for tensor in tensors {
            guard !tensor.name.isEmpty, tensor.name.utf8.count <= Limits.nameBytes, !tensor.name.utf8.contains(0) else {
                throw PithError(.invalidName, "a tensor has no name, one that is too long, or one with a zero byte")
            }
            guard names.insert(tensor.name).inserted else {
                throw PithError(.duplicateName, "two tensors are named '\(tensor.name)'")
            }
        }
        for tensor in tensors where tensor.elementType == .bool && tensor.bytes.contains(where: { $0 > 1 }) {
            throw PithError(.malformed, "a bool is neither 0 nor 1", at: .tensor(tensor.name))
        }
        if let graph {
            guard graph.name.utf8.count <= Limits.nameBytes else {
                throw PithError(.invalidName, "the graph's name has over \(Limits.nameBytes) bytes")
            }
            try Self.check(graph, tensors)
        }
        for vector in testVectors {
            try Self.check(vector, graph)
            guard (vector.inputs + vector.outputs).allSatisfy({ $0.name.isEmpty }) else {
                throw PithError(.invalidName, "a tensor of a test vector has a name")
            }
        }
    }

    /// Whether a test vector's tensors have the types of the graph's inputs and outputs.
    static func check(_ vector: TestVector, _ graph: Graph?) throws(PithError) {
        guard let graph, vector.inputs.count == graph.inputs.count, vector.outputs.count == graph.outputs.count else {
            throw PithError(.invalidGraph, "a test vector has another number of tensors than the graph")
        }
        for (id, tensor) in zip(graph.inputs + graph.outputs, vector.inputs + vector.outputs) {
            let type = graph[id].type
            let fits =
                type.rank == tensor.shape.rank
                && zip(type.dimensions, tensor.shape.dimensions).allSatisfy { ($0.extent ?? $1) == $1 }
            guard fits, type.elementType == tensor.elementType else {
                throw PithError(
                    .shapeMismatch,
                    "a test vector has \(tensor.elementType.name)\(tensor.shape), where the graph has \(type)",
                    at: .tensor(graph[id].name))
            }
        }
    }

    /// Each initializer has the tensor at its position.
    private static func check(_ graph: Graph, _ tensors: [StoredTensor]) throws(PithError) {
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
            let (type, stored) = (graph[id].type.elementType, tensors[position].elementType)
            guard type == stored || type == .float32 && [.float16, .bfloat16].contains(stored) else {
                throw PithError(.typeMismatch, "stored as \(stored.name), not \(type.name)", at: .tensor(name))
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
