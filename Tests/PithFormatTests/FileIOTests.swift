import Foundation
import PithFormat
import PithGraph
import Testing

@Suite("Files") struct FileIOTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "pith-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private var entries: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

    private func code(_ body: () throws -> Void) -> PithError.Code? {
        do { try body() } catch { return (error as? PithError)?.code }
        return nil
    }

    @Test("what is written is read, an old file is replaced, nothing else is left")
    func roundTrip() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/m.pith"
        try FileIO.writeAtomically([1, 2, 3], to: path)
        let file = try smallModel()
        try file.write(to: path)
        #expect(try FileIO.read(path: path) == file.encoded())
        #expect(try ModelFile.read(from: path, expecting: .model).metadata == file.metadata)
        #expect(entries == ["m.pith"])
        try FileIO.writeAtomically([], to: path)
        #expect(try FileIO.read(path: path).isEmpty)
    }

    @Test("failures have their own codes, name the path and leave nothing")
    func failures() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(code { _ = try FileIO.read(path: folder + "/none") } == .fileNotFound)
        #expect(code { _ = try FileIO.read(path: folder) } == .isADirectory)
        #expect(code { try FileIO.writeAtomically([1], to: folder) } == .isADirectory)
        #expect(code { try FileIO.writeAtomically([1], to: folder + "/none/a") } == .fileNotFound)
        try FileIO.writeAtomically([1, 2, 3], to: folder + "/a")
        #expect(code { _ = try FileIO.read(path: folder + "/a", limit: 2) } == .limitExceeded)
        #expect(try FileIO.read(path: folder + "/a", limit: 3) == [1, 2, 3])
        #expect(entries == ["a"])
        do throws(PithError) {
            _ = try ModelFile.read(from: folder + "/a")
            Issue.record("accepted")
        } catch {
            #expect(error.code == .wrongKind)
            #expect(error.location.file == folder + "/a")
        }
    }

    @Test("a pipe is refused where a file is needed, without waiting for a writer")
    func pipes() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pipe = folder + "/pipe"
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        #expect(code { _ = try ModelReader(.file(pipe)) } == .inputOutput)
        #expect(code { _ = try ModelReader(.mapped(pipe)) } == .inputOutput)
    }

    /// Root may do anything, so this holds only for other users.
    @Test("a file or folder that the user may not touch", .enabled(if: getuid() != 0))
    func permissions() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileIO.writeAtomically([1], to: folder + "/a")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder + "/a")
        #expect(code { _ = try FileIO.read(path: folder + "/a") } == .permissionDenied)
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
        #expect(code { try FileIO.writeAtomically([1], to: folder + "/b") } == .permissionDenied)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
        #expect(entries == ["a"])
    }
}
