import PithGraph

extension FileHeader {
    /// Reads and checks the header; of the rest of the file only what it needs.
    static func read(_ source: ByteSource, limits: ReadingLimits) throws(PithError) -> FileHeader {
        let start = Array(try source.read(0..<min(fixedBytes, source.count)))
        try checkMagic(start)
        guard start.count == fixedBytes else { throw short(source.count) }
        guard start[8] == major else {
            throw PithError(
                .unsupportedVersion,
                "format \(start[8]).\(start[9]), where this reader knows \(major)",
                at: .byte(8), advice: "use the version of Pith that wrote it, or convert the checkpoint again")
        }
        let length = Int(start[10]) | Int(start[11]) << 8
        guard (fixedBytes + 4...maximumBytes).contains(length) else {
            throw PithError(.malformed, "a header of \(length) bytes", at: .byte(10))
        }
        guard length <= source.count else { throw short(source.count) }
        let bytes = try source.read(0..<length)
        var checksum = ByteReader(bytes.suffix(4), at: length - 4, section: nil)
        guard try checksum.uint32() == Checksum.of(bytes.dropLast(4)) else {
            throw PithError(
                .checksumMismatch, "the header is damaged", at: .byte(UInt64(length - 4)), advice: "get the file again")
        }
        var reader = ByteReader(bytes.dropFirst(fixedBytes).dropLast(4), at: fixedBytes, section: nil)
        do throws(PithError) {
            var header = try declarations(&reader, source.count, limits)
            header.minor = start[9]
            try header.readDirectory(&reader, from: length)
            try reader.finish()
            return header
        } catch {
            guard start[9] > minor, error.code == .unsupportedFeature || error.code == .unknownOperator else {
                throw error
            }
            var named = error
            named.advice = "use a version of Pith that reads format \(major).\(start[9])"
            throw named
        }
    }

    private static func short(_ count: Int) -> PithError {
        PithError(
            .truncated, "the file has \(count) bytes, fewer than its header", at: .byte(UInt64(count)),
            advice: "get the file again")
    }

    private static func checkMagic(_ start: [UInt8]) throws(PithError) {
        guard !start.starts(with: magic) else { return }
        guard !start.isEmpty else {
            throw PithError(.truncated, "the file is empty", at: .byte(0), advice: "get the file again")
        }
        if magic.starts(with: start) { throw short(start.count) }
        let letters: [UInt8] = Array("PTH".utf8)
        // The first byte without its high bit, dropped, or replaced by U+FFFD.
        if (0...3).contains(where: { start.dropFirst($0).starts(with: letters) }) {
            throw PithError(
                .damagedByTextTransfer, "the file was changed by a transfer in text mode", at: .byte(0),
                advice: "transfer it in binary mode")
        }
        throw PithError(
            .wrongKind, "not a .pith file", at: .byte(0), advice: "make one with 'pith convert'")
    }

    private static func declarations(
        _ reader: inout ByteReader, _ count: Int, _ limits: ReadingLimits
    ) throws(PithError) -> FileHeader {
        let roleCode = try reader.byte()
        guard let role = FileRole(rawValue: roleCode) else {
            throw PithError(.malformed, "the role \(roleCode) is not known", at: .byte(UInt64(fixedBytes)))
        }
        let features = Features(rawValue: try reader.varint())
        guard Features.known.isSuperset(of: features) else {
            throw reader.error(
                .unsupportedFeature,
                "the file needs features \(features.subtracting(.known).rawValue) that this reader does not have",
                advice: "use a newer version of Pith")
        }
        let length = try reader.varint()
        let header = FileHeader(
            role: role, features: features, fileLength: count, decodedBytes: try reader.varint(),
            workingBytes: try reader.varint(), operators: try operators(&reader), sections: [])
        guard length == UInt64(count) else {
            let isShort = UInt64(count) < length
            throw PithError(
                isShort ? .truncated : .trailingBytes,
                "the file has \(count) bytes, where its header declares \(length)",
                at: .byte(isShort ? UInt64(count) : length), advice: "get the file again")
        }
        guard count <= limits.fileBytes, header.decodedBytes <= limits.decodedBytes(ofFile: count),
            header.decodedBytes <= UInt64(Int.max), header.workingBytes <= limits.workingBytes
        else {
            throw reader.error(
                .limitExceeded,
                "the file declares \(count) bytes, \(header.decodedBytes) decoded and \(header.workingBytes) to work with",
                advice: "raise ReadingLimits if you trust it")
        }
        return header
    }

    private static func operators(_ reader: inout ByteReader) throws(PithError) -> [Operator] {
        var operators: [Operator] = []
        let count = try reader.count(limit: 255, of: "operators")
        operators.reserveCapacity(count)
        for _ in 0..<count {
            let code = try reader.byte()
            guard operators.last.map({ $0.rawValue < code }) ?? true else {
                throw reader.error(.malformed, "the operators are not in ascending order")
            }
            guard let op = Operator(rawValue: code) else {
                throw reader.error(
                    .unknownOperator, "the file needs operator \(code), which is not known",
                    advice: "use a newer version of Pith")
            }
            operators.append(op)
        }
        return operators
    }

    private mutating func readDirectory(_ reader: inout ByteReader, from start: Int) throws(PithError) {
        var position = start
        let directory = UInt64(reader.offset)
        let count = try reader.count(limit: Self.maximumSections, of: "sections", itemBytes: 5)
        sections.reserveCapacity(count)
        var lastKnown = 0
        var isOrdered = true
        for _ in 0..<count {
            let offset = UInt64(reader.offset)
            let kind = SectionKind(code: try reader.uint32())
            guard kind.isWellFormed else {
                throw PithError(.malformed, "a section's kind is not four letters", at: .byte(offset))
            }
            let length = try reader.varint()
            guard length <= UInt64(fileLength - position) else {
                throw PithError(.truncated, "section \(kind.name) ends after the file", at: .byte(offset))
            }
            guard !sections.contains(where: { $0.kind == kind }) else {
                throw PithError(.malformed, "section \(kind.name) stands twice", at: .byte(offset))
            }
            let known = SectionKind.known.firstIndex(of: kind)
            guard known != nil || !kind.isCritical else {
                throw PithError(
                    .unsupportedFeature, "the section \(kind.name) is not known and must be understood",
                    at: .byte(UInt64(position)), advice: "use a newer version of Pith")
            }
            if let known {
                isOrdered = isOrdered && known >= lastKnown
                lastKnown = known
            }
            let checksum = kind == .data ? 0 : try reader.uint32()
            let range = position..<(position + Int(length))
            sections.append(Section(kind: kind, range: range, checksum: checksum))
            position = range.upperBound
        }
        guard position == fileLength else {
            throw PithError(.trailingBytes, "bytes follow the last section", at: .byte(UInt64(position)))
        }
        guard isOrdered, sections.last?.kind == .data else {
            throw PithError(.malformed, "the sections are out of order", at: .byte(directory))
        }
    }

    /// The bytes of a section, its checksum verified; nil when it is not there.
    ///
    /// - Precondition: `kind` is not `DATA`.
    func section(_ kind: SectionKind, _ source: ByteSource) throws(PithError) -> ByteReader? {
        guard let section = sections.first(where: { $0.kind == kind }) else { return nil }
        return ByteReader(try Self.bytes(section, source), at: section.range.lowerBound, section: kind)
    }

    /// The bytes of a section, its checksum verified.
    static func bytes(_ section: Section, _ source: ByteSource) throws(PithError) -> ArraySlice<UInt8> {
        let bytes = try source.read(section.range)
        guard section.checksum == Checksum.of(bytes) else {
            throw PithError(
                .checksumMismatch, "the section is damaged",
                at: PithError.Location(offset: UInt64(section.range.lowerBound), section: section.kind.name),
                advice: "get the file again")
        }
        return bytes
    }
}
