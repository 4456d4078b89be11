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
    var isSafeToCopy: Bool { letters[3] & 0x20 != 0 }
    var isWellFormed: Bool { letters.count == 4 && letters.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) } }
}
