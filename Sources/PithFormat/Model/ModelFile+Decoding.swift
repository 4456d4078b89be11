public import PithGraph

extension ModelFile {
    /// Decodes a file that lies in memory, everything in it verified.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - role: The role it must have, or nil for any.
    ///   - limits: How much to accept; what the file declares is checked against them before anything is allocated.
    /// - Throws: `PithError` with the byte offset, section, tensor or node.
    /// - Complexity: O(n) in the decoded bytes.
    public static func decode(
        _ bytes: [UInt8], expecting role: FileRole? = nil, limits: ReadingLimits = ReadingLimits()
    ) throws(PithError) -> ModelFile {
        let header = try FileHeader.read(bytes, limits: limits)
        if let role, header.role != role {
            throw PithError(
                .wrongRole, "the file is a \(header.role.name), where a \(role.name) is needed", at: .byte(10),
                advice: header.role == .checkpoint ? "turn it into a model with 'pith convert'" : "")
        }
        func reader(_ kind: SectionKind) -> ByteReader? {
            header.sections.first { $0.kind == kind }.map { ByteReader(bytes, $0.range, section: kind.name) }
        }
        let index = try tensorIndex(reader(.tensors), header, limits)
        let graph = try graph(reader(.graph), header, index)
        var metadata = Metadata()
        if var section = reader(.metadata) {
            metadata = try MetadataSection.decode(&section)
            try section.finish()
        }
        let vectorCount = try testVectorCount(reader(.tests))
        let tensors = try decodeTensors(bytes, reader(.data), index)
        let named = tensors.prefix { !$0.name.isEmpty }
        var vectors: [TestVector] = []
        let (inputs, outputs) = (graph?.inputs.count ?? 0, graph?.outputs.count ?? 0)
        let (needed, overflow) = vectorCount.multipliedReportingOverflow(by: inputs + outputs)
        guard !overflow, tensors.count - named.count == needed else {
            throw PithError(
                .malformed, "the tensors without a name are not those of the test vectors",
                at: PithError.Location(section: SectionKind.tensors.name))
        }
        for vector in 0..<vectorCount {
            let start = named.count + vector * (inputs + outputs)
            vectors.append(
                TestVector(
                    inputs: Array(tensors[start..<(start + inputs)]),
                    outputs: Array(tensors[(start + inputs)..<(start + inputs + outputs)])))
        }
        do throws(PithError) {
            for vector in vectors { try check(vector, graph) }
        } catch {
            throw error.located(in: PithError.Location(section: SectionKind.tests.name))
        }
        return ModelFile(
            role: header.role, graph: graph, tensors: Array(named), metadata: metadata, testVectors: vectors)
    }

    static func tensorIndex(
        _ section: ByteReader?, _ header: FileHeader, _ limits: ReadingLimits
    ) throws(PithError) -> [TensorIndex.Entry] {
        guard var section else { throw PithError(.malformed, "the file has no section TNSR", at: .byte(48)) }
        let index = try TensorIndex.decode(&section, limits: limits)
        try section.finish()
        var total: UInt64 = 0
        for entry in index {
            let (sum, overflow) = total.addingReportingOverflow(UInt64(entry.byteCount))
            guard !overflow, sum <= header.decodedBytes else {
                throw PithError(
                    .falseDeclaration, "the tensors have more bytes than the header declares", at: .byte(24))
            }
            total = sum
        }
        guard total == header.decodedBytes else {
            throw PithError(
                .falseDeclaration, "the tensors have \(total) bytes, where the header declares \(header.decodedBytes)",
                at: .byte(24))
        }
        let usesPlanes = index.contains { $0.chunks.contains { $0.codec == .planes } }
        guard header.features == (usesPlanes ? FileHeader.planesFeature : 0) else {
            throw PithError(.falseDeclaration, "the declared features are not those of the chunks", at: .byte(12))
        }
        return index
    }

    private static func graph(
        _ section: ByteReader?, _ header: FileHeader, _ index: [TensorIndex.Entry]
    ) throws(PithError) -> Graph? {
        guard var section else {
            guard header.role == .weights, header.workingBytes == 0 else {
                throw PithError(.malformed, "a \(header.role.name) without a graph", at: .byte(10))
            }
            return nil
        }
        guard header.role != .weights else {
            throw PithError(.malformed, "weights with a graph", at: .byte(10))
        }
        let graph = try GraphSection.decode(&section, index: index)
        try section.finish()
        guard graph.peakWorkingBytes == header.workingBytes else {
            throw PithError(
                .falseDeclaration,
                "the graph works with \(graph.peakWorkingBytes) bytes, where the header declares "
                    + "\(header.workingBytes)",
                at: .byte(32))
        }
        return graph
    }

    private static func testVectorCount(_ section: ByteReader?) throws(PithError) -> Int {
        guard var section else { return 0 }
        let count = try section.count(limit: 1 << 16, of: "test vectors", itemBytes: 0)
        guard count > 0 else { throw section.error(.malformed, "the section holds nothing") }
        try section.finish()
        return count
    }

    private static func decodeTensors(
        _ bytes: [UInt8], _ section: ByteReader?, _ index: [TensorIndex.Entry]
    ) throws(PithError) -> [StoredTensor] {
        guard var data = section else { throw PithError(.malformed, "the file has no section DATA", at: .byte(48)) }
        var tensors: [StoredTensor] = []
        for entry in index {
            do throws(PithError) {
                tensors.append(try decode(entry, bytes, &data))
            } catch {
                throw error.located(in: .tensor(entry.name))
            }
        }
        try data.finish()
        return tensors
    }

    private static func decode(
        _ entry: TensorIndex.Entry, _ bytes: [UInt8], _ data: inout ByteReader
    ) throws(PithError) -> StoredTensor {
        if entry.isAligned {
            while data.position % TensorIndex.alignment != 0 {
                guard try data.byte() == 0 else { throw data.error(.nonZeroPadding, "padding is not zero") }
            }
        }
        var decoded: [UInt8] = []
        let size = 1 << Int(TensorIndex.chunkBits)
        for (number, chunk) in entry.chunks.enumerated() {
            let start = data.position
            let damaged = data.error(.checksumMismatch, "the chunk is damaged", advice: "get the file again")
            let stored = try data.take(chunk.storedLength)
            guard Checksum.of(stored) == chunk.checksum else { throw damaged }
            var reader = ByteReader(bytes, start..<data.position, section: SectionKind.data.name)
            let count = min(size, entry.byteCount - number * size)
            try chunk.codec.decode(&reader, count: count, type: entry.elementType, into: &decoded)
        }
        if entry.elementType == .bool, decoded.contains(where: { $0 > 1 }) {
            throw data.error(.malformed, "a bool is neither 0 nor 1")
        }
        return try StoredTensor(
            name: entry.name, elementType: entry.elementType, shape: entry.shape, bytes: decoded)
    }
}
