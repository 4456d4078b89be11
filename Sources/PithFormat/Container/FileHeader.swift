import PithGraph

/// The beginning of a file and the directory of its sections (`spec/FORMAT.md`, "Header").
struct FileHeader {
    static let magic: [UInt8] = [0x89, 0x50, 0x54, 0x48, 0x0D, 0x0A, 0x1A, 0x0A]
    static let major: UInt8 = 1
    static let minor: UInt8 = 0
    static let maximumSections = 64

    /// Magic, version and the header's length, whose places no version changes.
    static let fixedBytes = 12

    /// The most bytes of a header.
    static let maximumBytes = 4096

    /// The minor version that the file was written in. A later one than `Self.minor` is read as far as it needs nothing new.
    var minor = Self.minor
    var role: FileRole
    var features: Features
    var fileLength: Int
    var decodedBytes: UInt64
    var workingBytes: UInt64
    var operators: [Operator]
    var sections: [Section]

    /// One entry of the directory.
    struct Section {
        var kind: SectionKind
        var range: Range<Int>
        var checksum: UInt32
    }

    /// The header's bytes, once file length and ranges are right.
    func encoded() -> [UInt8] {
        var body = ByteWriter()
        body.byte(role.rawValue)
        body.varint(features.rawValue)
        body.count(fileLength)
        body.varint(decodedBytes)
        body.varint(workingBytes)
        body.count(operators.count)
        for op in operators { body.byte(op.rawValue) }
        body.count(sections.count)
        for section in sections {
            body.uint32(section.kind.code)
            body.count(section.range.count)
            if section.kind != .data { body.uint32(section.checksum) }
        }
        let length = Self.fixedBytes + body.bytes.count + 4
        var header = ByteWriter(capacity: length)
        header.append(Self.magic)
        header.append([Self.major, minor, UInt8(length & 0xFF), UInt8(length >> 8)])
        header.append(body.bytes)
        header.uint32(Checksum.of(header.bytes))
        return header.bytes
    }

    /// Lays the sections out one after another: the file's length is part of the header, which is part of the file.
    ///
    /// - Parameter dataLength: The bytes of the last section when it begins at a place, which its padding depends on.
    mutating func layOut(_ lengths: [Int], dataLength: (Int) -> Int) {
        var headerBytes = encoded().count
        while true {
            var position = headerBytes
            for (index, length) in lengths.enumerated() {
                sections[index].range = position..<(position + length)
                position += length
            }
            let data = position..<(position + dataLength(position))
            sections[lengths.count].range = data
            fileLength = data.upperBound
            let needed = encoded().count
            guard needed != headerBytes else { return }
            headerBytes = needed
        }
    }
}
