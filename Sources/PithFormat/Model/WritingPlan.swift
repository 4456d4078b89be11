import PithGraph

/// Contents that are known to be right but for the tensors' bytes, and the order in which they are written.
struct WritingPlan {
    /// All tensors in the order of the file, those of test vectors last.
    let tensors: [StreamedTensor]

    private let file: ModelFile
    private let graph: Graph?
    private let options: EncodingOptions

    /// - Throws: What `ModelFile.encoded` throws.
    init(_ file: ModelFile, _ tensors: [StreamedTensor], _ options: EncodingOptions) throws(PithError) {
        guard EncodingOptions.chunkSizes.contains(options.chunkByteCount),
            options.chunkByteCount & (options.chunkByteCount - 1) == 0
        else {
            throw PithError(.invalidArgument, "a chunk of \(options.chunkByteCount) bytes is no power of two in range")
        }
        let graph = try file.graph?.canonical()
        let entries = tensors.map { $0.entry }
        let order = try ModelFile.order(entries, for: graph)
        try file.check(graph, order.map { entries[$0] })
        self.file = file
        self.graph = graph
        self.options = options
        let vectors = file.testVectors.flatMap { $0.inputs + $0.outputs }
        self.tensors = order.map { tensors[$0] } + vectors.map { StreamedTensor($0) }
    }

    /// The bytes before DATA, and the index that they hold.
    func start(_ entries: [TensorIndex.Entry]) -> (bytes: [UInt8], index: TensorIndex) {
        let index = TensorIndex(chunkByteCount: options.chunkByteCount, entries: entries)
        let sections = sections(index)
        return (header(index, sections).encoded() + sections.flatMap { $0.bytes }, index)
    }

    /// All sections but DATA, in order.
    private func sections(_ index: TensorIndex) -> [(kind: SectionKind, bytes: [UInt8])] {
        var sections: [(kind: SectionKind, bytes: [UInt8])] = []
        if let graph { sections.append((.graph, GraphSection.encode(graph, stored: index.entries))) }
        sections.append((.tensors, index.encoded()))
        if !file.metadata.entries.isEmpty { sections.append((.metadata, MetadataSection.encode(file.metadata))) }
        if !file.testVectors.isEmpty {
            var writer = ByteWriter()
            writer.count(file.testVectors.count)
            sections.append((.tests, writer.bytes))
        }
        for other in file.otherSections { sections.append((SectionKind(other.kind), other.bytes)) }
        return sections
    }

    private func header(
        _ index: TensorIndex, _ sections: [(kind: SectionKind, bytes: [UInt8])]
    ) -> FileHeader {
        var header = FileHeader(
            role: file.role, features: Features(index.entries), fileLength: 0, decodedBytes: index.decodedBytes,
            workingBytes: graph?.peakWorkingBytes ?? 0, operators: graph?.operators ?? [],
            sections: sections.map {
                FileHeader.Section(kind: $0.kind, range: 0..<0, checksum: Checksum.of($0.bytes))
            })
        header.sections.append(FileHeader.Section(kind: .data, range: 0..<0, checksum: 0))
        header.layOut(sections.map { $0.bytes.count }) { index.dataLength(at: $0) }
        return header
    }
}
