import PithFormat
import PithGraph

/// A `.pith` file taken apart by `spec/FORMAT.md` without judging it, so that one part can be changed and every
/// checksum, length and declaration made right again.
struct FileParts {
    private(set) var header: [UInt8]
    private(set) var sections: [Section] = []

    struct Section {
        var kind: [UInt8]
        var bytes: [UInt8]
        var isData: Bool { kind == Array("DATA".utf8) }
        var isIndex: Bool { kind == Array("TNSR".utf8) }
    }

    private static let headerBytes = 48
    private static let entryBytes = 16

    /// Nil when there is no whole directory.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headerBytes else { return nil }
        header = Array(bytes[..<Self.headerBytes])
        let count = Int(bytes[11])
        var position = Self.headerBytes + count * Self.entryBytes
        guard position <= bytes.count else { return nil }
        for number in 0..<count {
            let entry = Self.headerBytes + number * Self.entryBytes
            let declared = bytes[(entry + 4)..<(entry + 12)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let isLast = number == count - 1
            let length = isLast ? bytes.count - position : Int(min(declared, UInt64(bytes.count - position)))
            sections.append(
                Section(kind: Array(bytes[entry..<(entry + 4)]), bytes: Array(bytes[position..<(position + length)])))
            position += length
        }
    }

    init(role: UInt8, sections: [(kind: String, bytes: [UInt8])]) {
        header = [0x89, 0x50, 0x54, 0x48, 0x0D, 0x0A, 0x1A, 0x0A, 0, 1, role, 0]
        header += [UInt8](repeating: 0, count: Self.headerBytes - header.count)
        self.sections = sections.map { Section(kind: Array($0.kind.utf8), bytes: $0.bytes) }
    }

    mutating func change(_ index: Int, to bytes: [UInt8]) { sections[index].bytes = bytes }

    /// The file, its checksums, lengths and declared costs made right as far as that goes; what the graph works with is
    /// left to `decodingHonestly`.
    func repaired() -> [UInt8] {
        var sections = sections
        var features: UInt8?
        var decoded: UInt64?
        if let index = sections.firstIndex(where: { $0.isIndex }), let data = sections.last, data.isData {
            let dataStart =
                Self.headerBytes + sections.count * Self.entryBytes
                + sections.dropLast().reduce(0) { $0 + $1.bytes.count }
            var walk = IndexWalk(sections[index].bytes, data: data.bytes, dataStart: dataStart)
            walk.repairChecksums()
            sections[index].bytes = walk.bytes
            (features, decoded) = (walk.usesPlanes ? 1 : 0, walk.decodedBytes)
        }
        var directory: [UInt8] = []
        for section in sections {
            directory += section.kind + Self.bytes(of: UInt64(section.bytes.count))
            directory += section.isData ? [0, 0, 0, 0] : Self.checksum(section.bytes)
        }
        let body = sections.flatMap { $0.bytes }
        var header = header
        header[11] = UInt8(truncatingIfNeeded: sections.count)
        if let features { header[12] = features }
        header.replaceSubrange(
            16..<24, with: Self.bytes(of: UInt64(Self.headerBytes + directory.count + body.count)))
        if let decoded { header.replaceSubrange(24..<32, with: Self.bytes(of: decoded)) }
        header.replaceSubrange(40..<44, with: Self.checksum(directory))
        header.replaceSubrange(44..<48, with: Self.checksum(header[..<44]))
        return header + directory + body
    }

    static func bytes(of value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    /// CRC-32, little-endian.
    static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let value = bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
        return Array(self.bytes(of: UInt64(~value)).prefix(4))
    }
}

extension FileParts {
    /// Calls a reader with a file, and again with the working memory that the reader says the graph needs where the
    /// file declares another.
    static func decodingHonestly<Result>(
        _ bytes: [UInt8], _ read: ([UInt8]) throws(PithError) -> Result
    ) -> Result? {
        do throws(PithError) {
            return try read(bytes)
        } catch {
            guard error.code == .falseDeclaration, error.location.offset == 32,
                let number = error.reason.split(separator: " ").compactMap({ UInt64($0) }).first
            else { return nil }
            var honest = bytes
            honest.replaceSubrange(32..<40, with: Self.bytes(of: number))
            honest.replaceSubrange(44..<48, with: Self.checksum(honest[..<44]))
            return try? read(honest)
        }
    }
}

extension ReadingLimits {
    /// Small enough that everything within them takes far less than a second and the memory that `dev/fuzz` allows.
    static let fuzzing: ReadingLimits = {
        var limits = ReadingLimits()
        limits.fileBytes = 1 << 20
        limits.decodedBytes = 1 << 22
        limits.workingBytes = 1 << 22
        limits.tensors = 1 << 10
        return limits
    }()
}
