import PithGraph

extension FileHeader {
    /// Reads and checks header and directory.
    static func read(_ bytes: [UInt8], limits: ReadingLimits) throws(PithError) -> FileHeader {
        try checkMagic(bytes)
        guard bytes.count >= byteCount else {
            throw PithError(
                .truncated, "the file has \(bytes.count) bytes, fewer than its header",
                at: .byte(UInt64(bytes.count)), advice: "get the file again")
        }
        var reader = ByteReader(bytes, 8..<byteCount, section: "header")
        let (major, minor) = (try reader.byte(), try reader.byte())
        guard major == Self.major, minor == Self.minor else {
            throw PithError(
                .unsupportedVersion, "format \(major).\(minor), where this reader knows \(Self.major).\(Self.minor)",
                at: .byte(8), advice: "use the version of Pith that wrote it, or convert the checkpoint again")
        }
        guard readUInt32(bytes, at: 44) == Checksum.of(bytes[0..<44]) else {
            throw PithError(
                .checksumMismatch, "the header is damaged", at: .byte(44), advice: "get the file again")
        }
        let roleCode = try reader.byte()
        guard let role = FileRole(rawValue: roleCode) else {
            throw PithError(.malformed, "the role \(roleCode) is not known", at: .byte(10))
        }
        let sectionCount = Int(try reader.byte())
        guard sectionCount <= maximumSections else {
            throw PithError(.limitExceeded, "\(sectionCount) sections, over \(maximumSections)", at: .byte(11))
        }
        let features = try reader.uint32()
        guard features & ~planesFeature == 0 else {
            throw PithError(
                .unsupportedFeature, "the file needs features \(features) that this reader does not have",
                at: .byte(12), advice: "use a newer version of Pith")
        }
        var header = FileHeader(
            role: role, features: features, fileLength: try reader.uint64(), decodedBytes: try reader.uint64(),
            workingBytes: try reader.uint64(), sections: [])
        try header.checkSizes(bytes.count, limits)
        try header.readDirectory(bytes, count: sectionCount)
        return header
    }

    private static func checkMagic(_ bytes: [UInt8]) throws(PithError) {
        guard !bytes.starts(with: magic) else { return }
        let start = Array(bytes.prefix(magic.count))
        guard !bytes.isEmpty else {
            throw PithError(.truncated, "the file is empty", at: .byte(0), advice: "get the file again")
        }
        if magic.starts(with: start) {
            throw PithError(
                .truncated, "the file has \(bytes.count) bytes, fewer than its header",
                at: .byte(UInt64(bytes.count)), advice: "get the file again")
        }
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

    private func checkSizes(_ count: Int, _ limits: ReadingLimits) throws(PithError) {
        guard fileLength == UInt64(count) else {
            let isShort = UInt64(count) < fileLength
            throw PithError(
                isShort ? .truncated : .trailingBytes,
                "the file has \(count) bytes, where its header declares \(fileLength)",
                at: .byte(isShort ? UInt64(count) : fileLength), advice: "get the file again")
        }
        guard count <= limits.fileBytes, decodedBytes <= limits.decodedBytes, workingBytes <= limits.workingBytes else {
            throw PithError(
                .limitExceeded,
                "the file declares \(count) bytes, \(decodedBytes) decoded and \(workingBytes) to work with",
                at: .byte(16), advice: "raise ReadingLimits if you trust it")
        }
    }

    private mutating func readDirectory(_ bytes: [UInt8], count: Int) throws(PithError) {
        let directoryEnd = Self.byteCount + count * Self.entryBytes
        guard directoryEnd <= bytes.count else {
            throw PithError(.truncated, "the directory ends early", at: .byte(UInt64(bytes.count)))
        }
        guard Self.readUInt32(bytes, at: 40) == Checksum.of(bytes[Self.byteCount..<directoryEnd]) else {
            throw PithError(
                .checksumMismatch, "the directory is damaged", at: .byte(40), advice: "get the file again")
        }
        var reader = ByteReader(bytes, Self.byteCount..<directoryEnd, section: "directory")
        var position = directoryEnd
        for _ in 0..<count {
            let entryOffset = UInt64(reader.position)
            let kind = SectionKind(letters: try reader.take(4))
            let length = try reader.uint64()
            let checksum = try reader.uint32()
            guard kind.isWellFormed else {
                throw PithError(.malformed, "a section's kind is not four letters", at: .byte(entryOffset))
            }
            guard length <= UInt64(bytes.count - position) else {
                throw PithError(.truncated, "section \(kind.name) ends after the file", at: .byte(entryOffset))
            }
            guard !sections.contains(where: { $0.kind == kind }) else {
                throw PithError(.malformed, "section \(kind.name) stands twice", at: .byte(entryOffset))
            }
            let range = position..<(position + Int(length))
            if !SectionKind.known.contains(kind), kind.isCritical {
                throw PithError(
                    .unsupportedFeature, "the section \(kind.name) is not known and must be understood",
                    at: .byte(UInt64(position)), advice: "use a newer version of Pith")
            }
            try Self.check(bytes, kind, range, checksum)
            sections.append(Section(kind: kind, range: range, checksum: checksum))
            position = range.upperBound
        }
        guard position == bytes.count else {
            throw PithError(.trailingBytes, "bytes follow the last section", at: .byte(UInt64(position)))
        }
        let order = sections.compactMap { SectionKind.known.firstIndex(of: $0.kind) }
        guard order == order.sorted(), sections.last?.kind == .data else {
            throw PithError(.malformed, "the sections are out of order", at: .byte(UInt64(Self.byteCount)))
        }
    }

    private static func check(
        _ bytes: [UInt8], _ kind: SectionKind, _ range: Range<Int>, _ checksum: UInt32
    ) throws(PithError) {
        let location = PithError.Location(offset: UInt64(range.lowerBound), section: kind.name)
        if kind == .data {
            guard checksum == 0 else { throw PithError(.malformed, "the checksum of DATA is not zero", at: location) }
        } else if checksum != Checksum.of(bytes[range]) {
            throw PithError(.checksumMismatch, "the section is damaged", at: location, advice: "get the file again")
        }
    }

    private static func readUInt32(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        bytes[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
