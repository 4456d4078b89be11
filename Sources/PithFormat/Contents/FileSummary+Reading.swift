public import PithGraph

extension FileSummary {
    /// Summarises a file from its header and tensor index; the chunks are not decoded.
    ///
    /// - Throws: As `ModelFile.decode`.
    public static func of(
        _ bytes: [UInt8], limits: ReadingLimits = ReadingLimits()
    ) throws(PithError) -> FileSummary {
        let header = try FileHeader.read(bytes, limits: limits)
        let section = header.sections.first { $0.kind == .tensors }
        let index = try ModelFile.tensorIndex(
            section.map { ByteReader(bytes, $0.range, section: $0.kind.name) }, header, limits)
        return FileSummary(
            version: "\(FileHeader.major).\(FileHeader.minor)", role: header.role, fileLength: header.fileLength,
            decodedBytes: header.decodedBytes, peakWorkingBytes: header.workingBytes,
            sections: header.sections.map {
                Section(
                    name: $0.kind.name, offset: UInt64($0.range.lowerBound), length: UInt64($0.range.count))
            },
            tensors: index.map { entry in
                Tensor(
                    name: entry.name, elementType: entry.elementType, shape: entry.shape,
                    codecs: entry.chunks.map { $0.codec.name },
                    storedBytes: entry.chunks.reduce(0) { $0 + UInt64($1.storedLength) },
                    decodedBytes: UInt64(entry.byteCount))
            })
    }
}
