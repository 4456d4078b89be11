import PithGraph

@testable import PithFormat

/// A `.pith` file taken apart without judging it, so that one part can be changed and every checksum, length and
/// declaration made right again by the format's own code.
struct FileParts {
    private var role: UInt8
    private(set) var sections: [Section] = []

    struct Section {
        var kind: SectionKind
        var bytes: [UInt8]
        /// Whether its length is fixed by what the index says.
        var isData: Bool { kind == .data }
    }

    init(role: FileRole, sections: [(kind: SectionKind, bytes: [UInt8])]) {
        self.role = role.rawValue
        self.sections = sections.map { Section(kind: $0.kind, bytes: $0.bytes) }
    }

    /// Nil when header and directory make no sense at all.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= FileHeader.fixedBytes else { return nil }
        let length = Int(bytes[10]) | Int(bytes[11]) << 8
        guard length > FileHeader.fixedBytes, length <= bytes.count else { return nil }
        var reader = ByteReader(bytes[FileHeader.fixedBytes..<length], at: FileHeader.fixedBytes, section: nil)
        var position = length
        do throws(PithError) {
            role = try reader.byte()
            for _ in 0..<4 { _ = try reader.varint() }
            _ = try reader.take(reader.count(limit: 255, of: "operators"))
            for _ in 0..<(try reader.count(limit: FileHeader.maximumSections, of: "sections")) {
                let kind = SectionKind(code: try reader.uint32())
                let declared = try reader.varint()
                if kind != .data { _ = try reader.uint32() }
                let end = position + Int(min(declared, UInt64(bytes.count - position)))
                sections.append(Section(kind: kind, bytes: Array(bytes[position..<end])))
                position = end
            }
        } catch {
            return nil
        }
        if let last = sections.indices.last { sections[last].bytes += bytes[position...] }
    }

    mutating func change(_ index: Int, to bytes: [UInt8]) { sections[index].bytes = bytes }

    /// The file, its lengths right.
    func assembled() -> [UInt8] { assembled(declaring: nil) }

    /// The file with all that it declares true, as far as its parts can be read.
    func repaired() -> [UInt8] {
        let index = sections.first { $0.kind == .tensors }.flatMap { section in
            var reader = ByteReader(section.bytes[...], at: 0, section: .tensors)
            return try? TensorIndex.decode(&reader, limits: .fuzzing)
        }
        return assembled(declaring: index)
    }

    private func assembled(declaring index: TensorIndex?) -> [UInt8] {
        guard let role = FileRole(rawValue: role), let data = sections.last, data.isData, !sections.isEmpty else {
            return []
        }
        var others = sections.dropLast().map { $0 }
        var header = FileHeader(
            role: role, features: [], fileLength: 0, decodedBytes: 0, workingBytes: 0, operators: [],
            sections: sections.map { FileHeader.Section(kind: $0.kind, range: 0..<0, checksum: 0) })
        if let index {
            header.features = Features(index.entries)
            header.decodedBytes = index.entries.reduce(0) { $0 &+ UInt64(truncatingIfNeeded: $1.form.decodedBytes) }
            if let section = others.first(where: { $0.kind == .graph }) {
                var reader = ByteReader(section.bytes[...], at: 0, section: .graph)
                if let graph = try? GraphSection.decode(&reader, index: index.entries) {
                    header.workingBytes = graph.peakWorkingBytes
                    header.operators = graph.operators
                }
            }
        }
        let lengths = others.map { $0.bytes.count }
        header.layOut(lengths) { _ in data.bytes.count }
        if let place = others.firstIndex(where: { $0.kind == .tensors }), var index {
            index.repairChecksums(data.bytes, at: header.sections[others.count].range.lowerBound)
            // What follows the index in its section stays.
            let encoded = index.encoded()
            others[place].bytes.replaceSubrange(..<min(encoded.count, lengths[place]), with: encoded)
        }
        for number in others.indices { header.sections[number].checksum = Checksum.of(others[number].bytes) }
        return header.encoded() + others.flatMap { $0.bytes } + data.bytes
    }
}

extension TensorIndex {
    /// Writes the checksum of each run of chunks that lie in DATA, which begins at a place in the file.
    fileprivate mutating func repairChecksums(_ data: [UInt8], at start: Int) {
        var position = start
        for number in entries.indices {
            var chunks = entries[number].chunks
            var run: [UInt8] = []
            position = entries[number].forEachComponent(chunkByteCount, from: position) { _, padding, range in
                var offset = padding.upperBound - start
                for place in range {
                    let end = min(offset + chunks[place].storedLength, data.count)
                    run += data[min(offset, end)..<end]
                    offset += chunks[place].storedLength
                    guard chunks[place].checksum != nil else { continue }
                    chunks[place].checksum = Checksum.of(run)
                    run = []
                }
            }
            entries[number].chunks = chunks
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
