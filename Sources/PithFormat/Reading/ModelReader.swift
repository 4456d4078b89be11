public import PithGraph

/// An open file: graph and metadata are read, tensors when they are asked for, each without the rest.
///
///     let reader = try ModelReader(.file("model.pith"))
///     let rows = try reader.elements(ofTensor: 3, rows: 0..<10)
///
/// Memory is bounded by what is asked for, not by the file.
public struct ModelReader: Sendable {
    /// What the file is for.
    public let role: FileRole

    /// The graph; nil for `weights`.
    public let graph: Graph?

    /// What the file says about itself.
    public let metadata: Metadata

    /// Sections that this version does not know and that may be copied into another file.
    public let otherSections: [OtherSection]

    let source: ByteSource
    let header: FileHeader
    let index: TensorIndex
    package let options: ReadingOptions
    /// How many test vectors there are.
    public let testVectorCount: Int

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - source: The file's bytes.
    ///   - role: The role it must have, or nil for any.
    ///   - options: With `verify: .everything`, the default, every chunk is decoded once and checked.
    /// - Throws: `PithError` with the byte offset, section, tensor or node.
    /// - Complexity: O(n) in the file's bytes, or in the graph and the number of chunks for `directoryOnly`.
    public init(
        _ source: ByteSource, expecting role: FileRole? = nil, options: ReadingOptions = ReadingOptions()
    ) throws(PithError) {
        try self.init(unverified: source, expecting: role, options: options)
        if options.verify == .everything { try verify() }
    }

    /// Opens a file and leaves its chunks alone, whatever the options say: for who reads each of them once anyway.
    package init(
        unverified source: ByteSource, expecting role: FileRole?, options: ReadingOptions
    ) throws(PithError) {
        let header = try FileHeader.read(source, limits: options.limits)
        if let role, header.role != role {
            throw PithError(
                .wrongRole, "the file's role is \(header.role.name), where \(role.name) is needed",
                at: .byte(UInt64(FileHeader.fixedBytes)),
                advice: header.role == .checkpoint
                    ? "turn it into a model with 'pith convert'" : "name a file of the other role")
        }
        var others: [OtherSection] = []
        for section in header.sections where !SectionKind.known.contains(section.kind) {
            let bytes = try FileHeader.bytes(section, source)
            if section.kind.isSafeToCopy { others.append(OtherSection(kind: section.kind.name, bytes: Array(bytes))) }
        }
        let graphSection = try header.section(.graph, source)
        let index = try Self.index(header, source, options.limits)
        let graph = try Self.graph(graphSection, header, index.entries)
        var metadata = Metadata()
        if var section = try header.section(.metadata, source) {
            metadata = try MetadataSection.decode(&section)
            try section.finish()
        }
        let testVectorCount = try Self.testVectorCount(header.section(.tests, source), graph, index.entries)
        self.role = header.role
        self.graph = graph
        self.metadata = metadata
        self.source = source
        self.header = header
        self.index = index
        self.options = options
        self.testVectorCount = testVectorCount
        otherSections = others
    }
}

extension ModelReader {
    /// The names of the tensors, in order; those of test vectors are not among them.
    public var tensorNames: [String] { index.entries.lazy.map { $0.name }.filter { !$0.isEmpty } }

    /// The number of a tensor, nil when there is none of this name.
    ///
    /// - Complexity: O(n) in the number of tensors.
    public func number(ofTensor name: String) -> Int? {
        name.isEmpty ? nil : index.entries.firstIndex { $0.name == name }
    }

    /// Reads a tensor.
    ///
    /// - Parameter number: Below `tensorNames.count`.
    /// - Throws: `invalidArgument` for another number, and whatever is wrong with its chunks.
    /// - Complexity: O(n) in the tensor's bytes.
    public func tensor(_ number: Int) throws(PithError) -> StoredTensor {
        try tensors([try checked(number)])[0]
    }

    /// Reads the test vectors.
    ///
    /// - Throws: Whatever is wrong with their chunks.
    public func testVectors() throws(PithError) -> [TestVector] {
        testVectors(try tensors(Array(index.entries.indices.drop { !index.entries[$0].name.isEmpty }))[...])
    }

    /// Puts test vectors together of the tensors without a name.
    private func testVectors(_ tensors: ArraySlice<StoredTensor>) -> [TestVector] {
        let (inputs, outputs) = (graph?.inputs.count ?? 0, graph?.outputs.count ?? 0)
        return (0..<testVectorCount).map { vector in
            let start = tensors.startIndex + vector * (inputs + outputs)
            return TestVector(
                inputs: Array(tensors[start..<(start + inputs)]),
                outputs: Array(tensors[(start + inputs)..<(start + inputs + outputs)]))
        }
    }

    /// Reads everything.
    ///
    /// - Throws: Whatever is wrong with the chunks.
    public func contents() throws(PithError) -> ModelFile {
        let all = try tensors(Array(index.entries.indices))
        let named = all.prefix { !$0.name.isEmpty }
        return ModelFile(
            role: role, graph: graph, tensors: Array(named), metadata: metadata,
            testVectors: testVectors(all[named.count...]), otherSections: otherSections)
    }

    /// The entry's number when it is that of a named tensor.
    func checked(_ number: Int) throws(PithError) -> Int {
        guard index.entries.indices.contains(number), !index.entries[number].name.isEmpty else {
            throw PithError(.invalidArgument, "the file has no tensor \(number)")
        }
        return number
    }
}

extension ModelReader {
    static func index(
        _ header: FileHeader, _ source: ByteSource, _ limits: ReadingLimits
    ) throws(PithError) -> TensorIndex {
        guard var section = try header.section(.tensors, source), let data = header.sections.last else {
            throw PithError(.malformed, "the file has no section TNSR", at: .byte(UInt64(FileHeader.fixedBytes)))
        }
        var index = try TensorIndex.decode(&section, limits: limits)
        try section.finish()
        let total = try decodedBytes(index.entries, declared: header.decodedBytes)
        var position = data.range.lowerBound
        for number in index.entries.indices {
            position = index.entries[number].place(at: position, index.chunkByteCount)
            guard position <= data.range.upperBound else {
                throw PithError(
                    .truncated, "a tensor's chunks end after DATA",
                    at: PithError.Location(
                        offset: UInt64(data.range.upperBound), section: SectionKind.data.name,
                        tensor: index.entries[number].name))
            }
        }
        guard total == header.decodedBytes else {
            throw falsehood("the tensors have \(total) bytes, where the header declares \(header.decodedBytes)")
        }
        guard position == data.range.upperBound else {
            throw PithError(
                .trailingBytes, "bytes of DATA belong to no tensor",
                at: PithError.Location(offset: UInt64(position), section: SectionKind.data.name))
        }
        guard header.features == Features(index.entries) else {
            throw falsehood("the declared features are not those of the tensors")
        }
        return index
    }

    /// Bytes of everything that a reader decodes, at most as many as declared.
    private static func decodedBytes(_ entries: [TensorIndex.Entry], declared: UInt64) throws(PithError) -> UInt64 {
        var total: UInt64 = 0
        for number in entries.indices {
            let (sum, overflow) = total.addingReportingOverflow(UInt64(entries[number].form.decodedBytes))
            guard !overflow, sum <= declared else {
                throw falsehood("the tensors have more bytes than the header declares")
            }
            total = sum
        }
        return total
    }

    private static func graph(
        _ section: ByteReader?, _ header: FileHeader, _ index: [TensorIndex.Entry]
    ) throws(PithError) -> Graph? {
        let place = UInt64(FileHeader.fixedBytes)
        guard var section else {
            guard header.role == .weights else {
                throw PithError(.malformed, "a \(header.role.name) without a graph", at: .byte(place))
            }
            guard header.workingBytes == 0, header.operators.isEmpty else {
                throw falsehood("weights declare what a graph needs")
            }
            return nil
        }
        guard header.role != .weights else {
            throw PithError(.malformed, "weights with a graph", at: .byte(place))
        }
        let graph = try GraphSection.decode(&section, index: index)
        try section.finish()
        guard graph.peakWorkingBytes == header.workingBytes else {
            throw falsehood(
                "the graph works with \(graph.peakWorkingBytes) bytes, where the header declares "
                    + "\(header.workingBytes)")
        }
        guard header.operators == graph.operators else {
            throw falsehood("the declared operators are not those of the graph")
        }
        return graph
    }

    private static func falsehood(_ reason: String) -> PithError {
        PithError(.falseDeclaration, reason, at: .byte(UInt64(FileHeader.fixedBytes)))
    }

    private static func testVectorCount(
        _ section: ByteReader?, _ graph: Graph?, _ index: [TensorIndex.Entry]
    ) throws(PithError) -> Int {
        var count = 0
        if var section {
            count = try section.count(limit: 1 << 16, of: "test vectors", itemBytes: 0)
            guard count > 0 else { throw section.error(.malformed, "the section holds nothing") }
            guard graph != nil else { throw section.error(.invalidGraph, "test vectors without a graph") }
            try section.finish()
        }
        let unnamed = index.drop { !$0.name.isEmpty }
        let perVector = graph.map { $0.inputs.count + $0.outputs.count } ?? 0
        guard unnamed.count == count * perVector else {
            throw PithError(
                .malformed, "the tensors without a name are not those of the test vectors",
                at: PithError.Location(section: SectionKind.tensors.name))
        }
        guard let graph, count > 0 else { return count }
        let values = (graph.inputs + graph.outputs).map { graph[$0] }
        for (number, entry) in unnamed.enumerated() {
            try ModelFile.check(entry.form, values[number % perVector])
        }
        return count
    }
}
