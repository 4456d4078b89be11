/// The four letters of a section. An upper-case first letter means that a reader must know the section.
struct SectionKind: Hashable {
    /// The letters as the file has them, the first in the low byte.
    let code: UInt32

    static let graph = SectionKind("G", "R", "P", "H")
    static let tensors = SectionKind("T", "N", "S", "R")
    static let metadata = SectionKind("m", "e", "t", "a")
    static let tests = SectionKind("t", "e", "s", "t")
    static let data = SectionKind("D", "A", "T", "A")

    /// Those that this version knows, in the order in which they stand.
    static let known = [graph, tensors, metadata, tests, data]

    init(code: UInt32) { self.code = code }

    private init(_ first: Unicode.Scalar, _ second: Unicode.Scalar, _ third: Unicode.Scalar, _ fourth: Unicode.Scalar) {
        code = first.value | second.value << 8 | third.value << 16 | fourth.value << 24
    }

    /// The kind of this name; one that is not well-formed for a name that has not four bytes.
    init(_ name: String) {
        let letters = Array(name.utf8)
        code = letters.count == 4 ? letters.reversed().reduce(0) { $0 << 8 | UInt32($1) } : 0
    }

    var name: String { String(decoding: (0..<4).map(letter), as: UTF8.self) }
    var isCritical: Bool { letter(0) & 0x20 == 0 }
    var isSafeToCopy: Bool { letter(3) & 0x20 != 0 }
    var isWellFormed: Bool { (0..<4).allSatisfy { (0x41...0x5A).contains(letter($0) & 0xDF) } }

    private func letter(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: code >> UInt32(8 * place)) }
}
