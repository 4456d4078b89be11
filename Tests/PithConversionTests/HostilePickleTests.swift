import Foundation
import PithConversion
import PithGraph
import Testing

/// Pickles that attack what loads them. None may run, crash, or take more than a little memory and time.
@Suite("Hostile pickles") struct HostilePickleTests {
    private func read(_ pickle: [UInt8]) throws -> SourceWeights {
        try SourceWeights.read(SourceFile(bytes: [0x80, 2] + pickle))
    }

    private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Each would make a file if it ran.
    static let payloads: [(name: String, text: String)] = [
        ("os.system", "cposix\nsystem\n(S'touch PATH'\ntR."),
        ("eval", "c__builtin__\neval\n(S'open(\"PATH\", \"w\")'\ntR."),
        ("exec by INST", "(S'open(\"PATH\", \"w\")'\ni__builtin__\nexec\n."),
        ("OBJ", "(c__builtin__\nexec\nS'open(\"PATH\", \"w\")'\no."),
        ("NEWOBJ", "csubprocess\nPopen\n(S'touch'\nS'PATH'\nlt\u{81}."),
        ("getattr chain", "c__builtin__\ngetattr\n(c__builtin__\n__import__\nS'system'\ntR(S'touch PATH'\ntR."),
        ("runpy", "crunpy\n_run_code\n(S'open(\"PATH\", \"w\")'\n}tR."),
        ("torch.hub", "ctorch.hub\nload\n(S'PATH'\nS'x'\ntR."),
        ("BUILD of a reduce", "cposix\nsystem\n(S'touch PATH'\ntRS'x'\nb."),
        ("persistent id", "Ptouch PATH\n."),
        (
            "legacy rebuild with a function",
            "ctorch._tensor\n_rebuild_from_type_v2\n(cposix\nsystem\nN(S'touch PATH'\ntNtR."
        ),
    ]

    @Test("code in a pickle is not run", arguments: payloads.indices) func payload(index: Int) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        let text = Self.payloads[index].text.replacingOccurrences(of: "PATH", with: path)
        let pickle = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        let weights = try? read(pickle)
        #expect(weights?.tensors.isEmpty ?? true)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a million lists in one another neither crash nor overflow the stack")
    func nesting() throws {
        let depth = 1_000_000
        let lists = [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1) + [0x2E]
        _ = try? read(lists)
        let tuples = [0x4E] + [UInt8](repeating: 0x85, count: depth) + [0x2E]
        _ = try? read(tuples)
        let calls = ascii("c__builtin__\nx\n") + Array(repeating: [0x29, 0x52], count: depth).joined() + [0x2E]
        _ = try? read(calls)
    }

    @Test("a list that holds itself ends") func cycle() throws {
        // ] put 0, get 0, append, stop
        let weights = try? read([0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E])
        #expect(weights?.tensors.isEmpty ?? true)
    }

    @Test("a billion laughs stay small") func laughs() throws {
        // Thirty lists, each of ten times the one before.
        var pickle: [UInt8] = [0x5D, 0x71, 0]
        for level in 1..<30 {
            pickle += [0x5D, 0x28] + Array(repeating: [0x68, UInt8(level - 1)], count: 10).joined()
            pickle += [0x65, 0x71, UInt8(level)]
        }
        let weights = try? read(pickle + [0x2E])
        #expect(weights?.tensors.isEmpty ?? true)
    }

    @Test("a list that is copied a thousand times is refused") func copies() {
        var pickle: [UInt8] = [0x5D, 0x71, 0] + [0x58, 1, 0, 0, 0, 0x61, 0x4E, 0x86, 0x71, 1]
        pickle += [0x68, 0, 0x28] + Array(repeating: [0x68, 1], count: 1 << 11).joined() + [0x65]
        pickle += ascii("ccollections\nOrderedDict\n") + [0x71, 2]
        pickle += Array(repeating: [0x68, 2, 0x68, 0, 0x85, 0x52, 0x30], count: 1 << 10).joined()
        let error = #expect(throws: PithError.self) { try read(pickle + [0x4E, 0x2E]) }
        #expect(error?.code == .limitExceeded)
    }

    @Test("declared lengths past the end are errors before any memory is taken")
    func lengths() {
        for opcode: UInt8 in [0x8D, 0x8E, 0x96] {
            let error = #expect(throws: PithError.self) {
                try read([opcode] + [UInt8](repeating: 0xFF, count: 7) + [0x7F, 0x2E])
            }
            #expect(error?.code == .truncated)
        }
        for opcode: UInt8 in [0x58, 0x54, 0x42, 0x8B] {
            let error = #expect(throws: PithError.self) { try read([opcode, 0xFF, 0xFF, 0xFF, 0x7F, 0x2E]) }
            #expect(error?.code == .truncated)
        }
    }

    @Test(
        "what the machine cannot do is an error",
        arguments: [
            [0x2E], [0x30], [0x52, 0x2E], [0x74, 0x2E], [0x61, 0x2E], [0x68, 9, 0x2E], [0x62, 0x2E], [0xFF],
            [0x28, 0x85, 0x2E],
            [0x4E, 0x28, 0x30, 0x30, 0x2E], [0x82, 1, 0x2E], [0x97, 0x2E], [0x4E, 0x4E, 0x93, 0x2E], [],
        ])
    func nonsense(pickle: [UInt8]) {
        #expect(throws: PithError.self) { try read(pickle) }
    }
}
