import PithGraph

/// The first 48 bytes of a file and the directory after them (`spec/FORMAT.md`, "Header", "Directory").
struct FileHeader {
    static let magic: [UInt8] = [0x89, 0x50, 0x54, 0x48, 0x0D, 0x0A, 0x1A, 0x0A]
    static let byteCount = 48
    static let major: UInt8 = 0
    static let minor: UInt8 = 1
    static let entryBytes = 16
    static let maximumSections = 64

    /// The feature bit of codec 1.
    static let planesFeature: UInt32 = 1

    var role: FileRole
    var features: UInt32 = 0
    var fileLength: UInt64 = 0
    var decodedBytes: UInt64
    var workingBytes: UInt64
    var sections: [Section]

    /// One entry of the directory.
    struct Section {
        var kind: SectionKind
        var range: Range<Int>
        var checksum: UInt32
    }

    func encoded() -> [UInt8] {
        var directory = ByteWriter()
        for section in sections {
            directory.append(section.kind.letters)
            directory.uint64(UInt64(section.range.count))
            directory.uint32(section.checksum)
        }
        var header = ByteWriter()
        header.append(Self.magic)
        header.append([Self.major, Self.minor, role.rawValue, UInt8(sections.count)])
        header.uint32(features)
        header.uint64(fileLength)
        header.uint64(decodedBytes)
        header.uint64(workingBytes)
        header.uint32(Checksum.of(directory.bytes))
        header.uint32(Checksum.of(header.bytes))
        return header.bytes + directory.bytes
    }
}

/// The four letters of a section. An upper-case first letter means that a reader must know the section.
struct SectionKind: Hashable {
    let letters: [UInt8]

    static let graph = SectionKind("GRPH")
    static let tensors = SectionKind("TNSR")
    static let metadata = SectionKind("meta")
    static let tests = SectionKind("test")
    static let data = SectionKind("DATA")

    /// Those that this version knows, in the order in which they stand.
    static let known = [graph, tensors, metadata, tests, data]

    init(_ name: String) { letters = Array(name.utf8) }
    init(letters: ArraySlice<UInt8>) { self.letters = Array(letters) }

    var name: String { String(decoding: letters, as: UTF8.self) }
    var isCritical: Bool { letters[0] & 0x20 == 0 }
    var isWellFormed: Bool { letters.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) } }
}
