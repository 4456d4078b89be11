import Foundation
import Testing

/// Whatever happens to a writer, the path holds the old file or the new one, whole.
@Suite("Writing", .serialized) struct WritingTests {
    private static let kills = 200
    private static let fileBytes = 4 << 20
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pith-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    @Test("a writer killed at 200 random moments")
    func killed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("file")
        // How long it takes until the first file is there, slow under a sanitizer: moments before and after that are tried.
        let begin = Date()
        let (first, said) = try startWriter(file)
        while !said.fileHandleForReading.availableData.contains(0x0A) && first.isRunning {}
        let start = Date().timeIntervalSince(begin)
        kill(first.processIdentifier, SIGKILL)
        first.waitUntilExit()

        var (old, interrupted) = (UInt8(0), 0)
        try Data(repeating: old, count: Self.fileBytes).write(to: file)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "file" {
            try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
        }
        for _ in 0..<Self.kills {
            let (process, out) = try startWriter(file)
            Thread.sleep(forTimeInterval: .random(in: 0..<(2 * start + 0.02)))
            kill(process.processIdentifier, SIGKILL)
            let printed = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal)

            let data = try Data(contentsOf: file)
            #expect(data.count == Self.fileBytes)
            let value = try #require(data.first)
            #expect(data.allSatisfy { $0 == value })
            // What was said to be there is there, or the next; before anything was said, the old one or the first.
            if let said = printed.split(separator: "\n").compactMap({ UInt8($0) }).last {
                #expect(value == said || value == said % 250 + 1)
            } else {
                #expect(value == old || value == 1)
            }
            old = value
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "file" {
                #expect(name.hasPrefix("file.") && name.hasSuffix(".tmp"))
                interrupted += 1
                try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
            }
        }
        print("\(Self.kills) kills, \(interrupted) of them in the middle of a file")
        #expect(interrupted > 0)
    }

    private func startWriter(_ file: URL) throws -> (process: Process, out: Pipe) {
        let process = Process()
        process.executableURL = Program.folder.appendingPathComponent("EndlessWriter")
        process.arguments = [file.path, "\(Self.fileBytes)"]
        let out = Pipe()
        process.standardOutput = out
        try process.run()
        return (process, out)
    }

    @Test("a disk that is full")
    func fullDisk() throws {
        let mount = try shell("mount -t tmpfs -o size=256k tmpfs '\(folder.path)'")
        guard mount == 0 else {
            print("mounting a small tmpfs takes root; a full disk was not tried")
            return
        }
        defer { _ = try? shell("umount '\(folder.path)'; rmdir '\(folder.path)'") }
        let file = folder.appendingPathComponent("model.pith")
        let model = Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith")
        let old = try Data(contentsOf: model)
        try old.write(to: file)
        try Data(count: 228 << 10).write(to: folder.appendingPathComponent("ballast"))
        let result = try Program.run("pith", ["convert", model.path, "-o", file.path, "--raw"])
        #expect(result.status == 1)
        #expect(result.err.contains("No space left"), "\(result.err)")
        #expect(result.err.split(separator: "\n").count == 1)
        #expect(try Data(contentsOf: file) == old)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["ballast", "model.pith"])
    }

    @Test("permissions are kept, devices are written to")
    func permissionsAndDevices() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith")
        let file = folder.appendingPathComponent("private.pith")
        try Data().write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(try Program.run("pith", ["convert", model.path, "-o", file.path]).status == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try Program.run("pith", ["convert", model.path, "-o", "/dev/null"]).status == 0)
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        #expect(type == .typeCharacterSpecial)
    }

    private func shell(_ command: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
