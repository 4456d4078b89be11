import PithConversion
import PithGraph
import Testing

/// Archives made by hand, member by member, stored.
@Suite("Hostile archives") struct HostileZipTests {
    struct Member {
        var name = "a.npy"
        var data: [UInt8] = Array("x".utf8)
        var flags: UInt64 = 0
        var declaredSize: UInt64?
        /// Where the directory says the member begins; nil for where it does.
        var offset: UInt64?
    }

    private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    private static func archive(_ members: [Member], count: Int? = nil) -> SourceFile {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let name = Array(member.name.utf8)
            let sizes =
                little(UInt64(member.data.count), 4) + little(member.declaredSize ?? UInt64(member.data.count), 4)
            let common =
                little(20, 2) + little(member.flags, 2) + little(0, 2) + little(0, 4) + little(0x8CDC_1683, 4)
                + sizes + little(UInt64(name.count), 2)
            directory +=
                little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2)
                + little(0, 2) + little(0, 4) + little(member.offset ?? UInt64(bytes.count), 4) + name
            bytes += little(0x0403_4B50, 4) + common + little(0, 2) + name + member.data
        }
        let start = bytes.count
        let entries = UInt64(count ?? members.count)
        bytes +=
            directory + little(0x0605_4B50, 4) + little(0, 4) + little(entries, 2) + little(entries, 2)
            + little(UInt64(directory.count), 4) + little(UInt64(start), 4) + little(0, 2)
        return SourceFile(bytes: bytes)
    }

    private func code(_ members: [Member], count: Int? = nil) -> PithError.Code? {
        let error = #expect(throws: PithError.self) {
            try SourceWeights.read(Self.archive(members, count: count))
        }
        return error?.code
    }

    @Test("names that leave the archive", arguments: ["../a.npy", "/a.npy", "b/../../a.npy", "b\\a.npy"])
    func names(name: String) { #expect(code([Member(name: name)]) == .invalidName) }

    @Test("members that overlap") func overlap() {
        #expect(code([Member(), Member(name: "b.npy", offset: 0)]) == .malformed)
        #expect(
            code([Member(data: [UInt8](repeating: 0, count: 90)), Member(name: "b.npy", offset: 40)]) == .malformed)
    }

    @Test("members outside the file") func outside() {
        #expect(code([Member(offset: 1 << 31)]) == .malformed)
        #expect(code([Member()], count: 9) == .malformed)
    }

    @Test("two members of one name") func twice() { #expect(code([Member(), Member()]) == .duplicateName) }

    @Test("an encrypted member") func encrypted() { #expect(code([Member(flags: 1)]) == .unsupportedFeature) }

    @Test("members that unpack to far more than they are") func bomb() {
        let bombs = (0..<8).map { Member(name: "\($0).npy", declaredSize: 0xFFFF_FFF0) }
        #expect(code(bombs) == .limitExceeded)
    }

    @Test("an archive that is neither PyTorch's nor NumPy's") func other() {
        #expect(code([Member(name: "a.txt")]) == .wrongKind)
    }
}
