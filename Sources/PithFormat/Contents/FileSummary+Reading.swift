public import PithGraph

extension FileSummary {
    /// Summarises a file from its header and tensor index; the chunks are not decoded.
    ///
    /// - Throws: As `ModelFile.decode`.
    public static func of(
        _ bytes: [UInt8], limits: ReadingLimits = ReadingLimits()
    ) throws(PithError) -> FileSummary {
        let source = ByteSource(bytes)
        let header = try FileHeader.read(source, limits: limits)
        return FileSummary(header, try ModelReader.index(header, source, limits))
    }

    init(_ header: FileHeader, _ index: TensorIndex) {
        self.init(
            version: "\(FileHeader.major).\(header.minor)", role: header.role,
            fileLength: UInt64(header.fileLength), decodedBytes: header.decodedBytes,
            peakWorkingBytes: header.workingBytes, operators: header.operators,
            chunkBytes: UInt64(index.chunkByteCount),
            sections: header.sections.map {
                Section(name: $0.kind.name, offset: UInt64($0.range.lowerBound), length: UInt64($0.range.count))
            },
            tensors: index.entries.map { entry in
                Tensor(
                    name: entry.name, elementType: entry.form.elementType, shape: entry.form.shape,
                    encoding: entry.form.encoding, layout: entry.form.layout, foreign: entry.foreign,
                    codecs: entry.chunks.map { $0.codec.name }, storedBytes: UInt64(entry.storedLength),
                    decodedBytes: UInt64(entry.form.byteCount), streams: Self.streams(entry, index.chunkByteCount))
            })
    }

    private static func streams(_ entry: TensorIndex.Entry, _ chunkByteCount: Int) -> [Stream] {
        var streams: [Stream] = []
        let names = entry.form.componentNames
        _ = entry.forEachComponent(chunkByteCount, from: 0) { component, _, chunks in
            let bytes = entry.chunks[chunks].reduce(0) { $0 + UInt64($1.storedLength) }
            streams.append(Stream(name: names[component], storedBytes: bytes))
        }
        return streams
    }
}

extension ModelReader {
    /// What the file is made of.
    public var summary: FileSummary { FileSummary(header, index) }
}
