import PithGraph

/// Contents that are known to be right but for the tensors' bytes, and the order in which they are written.
struct WritingPlan {
    /// All tensors in the order of the file, those of test vectors last.
    let tensors: [StreamedTensor]

    /// Where in `ModelFile.tensors` those with names are, in the order of the file.
    let order: [Int]

    /// How tensors are coded.
    private(set) var options: EncodingOptions

    private let file: ModelFile
    private let graph: Graph?

    /// - Throws: What `ModelFile.encoded` throws.
    init(_ file: ModelFile, _ tensors: [StreamedTensor], _ options: EncodingOptions) throws(PithError) {
        guard EncodingOptions.chunkSizes.contains(options.chunkByteCount),
            options.chunkByteCount & (options.chunkByteCount - 1) == 0
        else {
            throw PithError(.invalidArgument, "a chunk of \(options.chunkByteCount) bytes is no power of two in range")
        }
        graph = try file.graph?.canonical()
        let entries = tensors.map { $0.entry }
        order = try ModelFile.order(entries, for: graph)
        try file.check(graph, order.map { entries[$0] })
        self.file = file
        self.options = options
        let vectors = file.testVectors.flatMap { $0.inputs + $0.outputs }
        self.tensors = order.map { tensors[$0] } + vectors.map { StreamedTensor($0) }
        _ = try start(self.tensors.map { $0.unread(options) })
    }

    /// The bytes before DATA, which a reader accepts, and the index that they hold.
    ///
    /// - Throws: What a reader throws.
    func start(_ entries: [TensorIndex.Entry]) throws(PithError) -> (bytes: [UInt8], index: TensorIndex) {
        let index = TensorIndex(chunkByteCount: options.chunkByteCount, entries: entries)
        let sections = sections(index)
        let header = header(index, sections)
        let bytes = header.encoded() + sections.flatMap { $0.bytes }
        // The chunks are not looked at yet, and no other bytes are missing.
        let source = ByteSource(count: header.fileLength) { Array(bytes[$0.clamped(to: bytes.indices)]) }
        do throws(PithError) {
            _ = try ModelReader(unverified: source, expecting: file.role, options: ReadingOptions())
        } catch {
            var failure = error
            failure.location.offset = nil
            throw failure
        }
        return (bytes, index)
    }

    /// Whether the tensors must be coded again, in more bytes: so much larger do they decode to that readers would take
    /// the file for a bomb.
    mutating func mustExpandLess(_ entries: [TensorIndex.Entry]) -> Bool {
        let index = TensorIndex(chunkByteCount: options.chunkByteCount, entries: entries)
        let length = header(index, sections(index)).fileLength
        guard !options.expandsLess, index.decodedBytes > ReadingLimits().decodedBytes(ofFile: length) else {
            return false
        }
        options.expandsLess = true
        return true
    }

    /// The identity's graph: the section as a file has it, empty without a graph.
    var graphSection: [UInt8] { graph.map { GraphSection.encode($0, stored: tensors.map { $0.entry }) } ?? [] }

    /// How many of the tensors are the graph's initializers, which are the first.
    var initializerCount: Int { graph?.initializers.count ?? 0 }

    /// All sections but DATA, in order.
    private func sections(_ index: TensorIndex) -> [(kind: SectionKind, bytes: [UInt8])] {
        var sections: [(kind: SectionKind, bytes: [UInt8])] = []
        if graph != nil { sections.append((.graph, graphSection)) }
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
