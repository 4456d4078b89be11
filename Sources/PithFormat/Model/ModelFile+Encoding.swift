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
        guard EncodingOptions.chunkSizes.contains(options.chunkByteCount),
            options.chunkByteCount & (options.chunkByteCount - 1) == 0
        else {
            throw PithError(.invalidArgument, "a chunk of \(options.chunkByteCount) bytes is no power of two in range")
        }
        let graph = try self.graph?.canonical()
        let tensors = try ordered(for: graph)
        try check(graph, tensors)
        let all = tensors + testVectors.flatMap { $0.inputs + $0.outputs }
        let coded = all.map { Self.encode($0, options) }
        let index = TensorIndex(chunkByteCount: options.chunkByteCount, entries: coded.map { $0.entry })
        let sections = sections(graph, tensors, index)
        let header = self.header(graph, index, sections)
        var bytes = header.encoded()
        bytes.reserveCapacity(header.fileLength)
        for section in sections { bytes += section.bytes }
        for (entry, stored) in coded {
            var next = 0
            _ = entry.forEachComponent(options.chunkByteCount, from: bytes.count) { _, padding, chunks in
                bytes += repeatElement(0, count: padding.count)
                let end = entry.chunks[chunks].reduce(next) { $0 + $1.storedLength }
                bytes += stored[next..<end]
                next = end
            }
        }
        return bytes
    }

    /// All sections but DATA, in order.
    private func sections(
        _ graph: Graph?, _ tensors: [StoredTensor], _ index: TensorIndex
    ) -> [(kind: SectionKind, bytes: [UInt8])] {
        var sections: [(kind: SectionKind, bytes: [UInt8])] = []
        if let graph { sections.append((.graph, GraphSection.encode(graph, stored: tensors))) }
        sections.append((.tensors, index.encoded()))
        if !metadata.entries.isEmpty { sections.append((.metadata, MetadataSection.encode(metadata))) }
        if !testVectors.isEmpty {
            var writer = ByteWriter()
            writer.count(testVectors.count)
            sections.append((.tests, writer.bytes))
        }
        for other in otherSections { sections.append((SectionKind(other.kind), other.bytes)) }
        return sections
    }

    private func header(
        _ graph: Graph?, _ index: TensorIndex, _ sections: [(kind: SectionKind, bytes: [UInt8])]
    ) -> FileHeader {
        var header = FileHeader(
            role: role, features: Features(index.entries), fileLength: 0, decodedBytes: index.decodedBytes,
            workingBytes: graph?.peakWorkingBytes ?? 0, operators: graph?.operators ?? [],
            sections: sections.map {
                FileHeader.Section(kind: $0.kind, range: 0..<0, checksum: Checksum.of($0.bytes))
            })
        header.sections.append(FileHeader.Section(kind: .data, range: 0..<0, checksum: 0))
        header.layOut(sections.map { $0.bytes.count }) { index.dataLength(at: $0) }
        return header
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
        try checkOtherSections()
        var names: Set<String> = []
        for tensor in tensors {
            guard !tensor.name.isEmpty, tensor.name.utf8.count <= Limits.nameBytes, !tensor.name.utf8.contains(0) else {
                throw PithError(.invalidName, "a tensor has no name, one that is too long, or one with a zero byte")
            }
            guard names.insert(tensor.name).inserted else {
                throw PithError(.duplicateName, "two tensors are named '\(tensor.name)'")
            }
        }
        for tensor in tensors where tensor.elementType == .bool {
            do throws(PithError) {
                try tensor.form.check(tensor.components)
            } catch {
                throw error.located(in: .tensor(tensor.name))
            }
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
            guard tensor.encoding == .plain, tensor.layout == .rowMajor, tensor.foreign == nil else {
                throw PithError(.invalidArgument, "a tensor of a test vector is encoded", at: .tensor(graph[id].name))
            }
            try check(tensor.form, graph[id])
        }
    }

    /// Whether a tensor of a test vector has the type of the graph's input or output.
    static func check(_ form: TensorForm, _ value: Graph.Value) throws(PithError) {
        let type = value.type
        let fits =
            type.rank == form.shape.rank
            && zip(type.dimensions, form.shape.dimensions).allSatisfy { ($0.extent ?? $1) == $1 }
        guard fits, type.elementType == form.elementType else {
            throw PithError(
                .shapeMismatch,
                "a test vector has \(form.elementType.name)\(form.shape), where the graph has \(type)",
                at: PithError.Location(section: SectionKind.tests.name, tensor: value.name))
        }
    }

    private func checkOtherSections() throws(PithError) {
        var kinds: Set<String> = []
        for section in otherSections {
            let kind = SectionKind(section.kind)
            guard kind.isWellFormed, !kind.isCritical, kind.isSafeToCopy, !SectionKind.known.contains(kind),
                kinds.insert(section.kind).inserted, kinds.count < FileHeader.maximumSections - SectionKind.known.count
            else {
                throw PithError(
                    .invalidArgument,
                    "'\(section.kind)' is not the kind of a section that may be copied, or there twice")
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
            guard tensors[position].foreign == nil,
                type == stored || type == .float32 && [.float16, .bfloat16].contains(stored)
            else {
                throw PithError(.typeMismatch, "stored as \(stored.name), not \(type.name)", at: .tensor(name))
            }
        }
    }

    private static func encode(
        _ tensor: StoredTensor, _ options: EncodingOptions
    ) -> (entry: TensorIndex.Entry, bytes: [UInt8]) {
        var writer = TensorWriter(tensor.name, tensor.form, tensor.foreign, options)
        var stored: [UInt8] = []
        for bytes in tensor.components {
            for start in stride(from: 0, to: bytes.count, by: options.chunkByteCount) {
                stored += writer.add(bytes[start..<min(start + options.chunkByteCount, bytes.count)])
            }
        }
        return (writer.entry, stored)
    }
}
