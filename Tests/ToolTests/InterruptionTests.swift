import Foundation
import Testing

/// What a training leaves when it is stopped, killed, or out of room.
@Suite("Interruptions", .serialized) struct InterruptionTests {
    private let folder: URL
    private static let data = [
        "--data", Program.root.appendingPathComponent("samples/digits").path, "--threads", "1",
    ]
    private static let fresh = ["--model", "cnn", "--epochs", "2", "--ema", "0.9"]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pith-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = Program.folder.appendingPathComponent("mnist-train")
        process.arguments = Self.data + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Waits until a training has written a checkpoint after `date`, so that what follows meets it at its steps.
    private func waitForCheckpoint(after date: Date, _ process: Process) throws {
        while process.isRunning {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path("c"))
            if let modified = attributes?[.modificationDate] as? Date, modified > date { return }
            Thread.sleep(forTimeInterval: 0.002)
        }
    }

    private func whole() throws -> Data {
        let result = try Program.run("mnist-train", Self.data + Self.fresh + ["--out", path("whole")])
        #expect(result.status == 0, "\(result.err)")
        return try Data(contentsOf: folder.appendingPathComponent("whole"))
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func signalsWriteACheckpointThatResumes(signal: Int32, code: Int32) throws {
        let expected = try whole()
        let process = try start(Self.fresh + ["--out", path("c"), "--checkpoint-every", "2"])
        try waitForCheckpoint(after: .distantPast, process)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == code)
        let resumed = try Program.run("mnist-train", Self.data + ["--resume", path("c")])
        #expect(resumed.status == 0, "\(resumed.err)")
        #expect(try Data(contentsOf: folder.appendingPathComponent("c")) == expected)
    }

    /// The long form is `dev/kill-training`.
    @Test func killedTrainingsResume() throws {
        let expected = try whole()
        for round in 0..<5 {
            let exists = FileManager.default.fileExists(atPath: path("c"))
            let how = exists ? ["--resume", path("c")] : Self.fresh + ["--out", path("c")]
            let begin = Date()
            let process = try start(how + ["--checkpoint-every", "2"])
            try waitForCheckpoint(after: begin, process)
            Thread.sleep(forTimeInterval: 0.007 * Double(round))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal || process.terminationStatus == 0)
        }
        let resumed = try Program.run("mnist-train", Self.data + ["--resume", path("c")])
        #expect(resumed.status == 0, "\(resumed.err)")
        #expect(try Data(contentsOf: folder.appendingPathComponent("c")) == expected)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".tmp") }
        #expect(left == [])
    }

    @Test func withoutRoomTheEarlierCheckpointStays() throws {
        let first = try start(Self.fresh + ["--out", path("c"), "--checkpoint-every", "2"])
        try waitForCheckpoint(after: .distantPast, first)
        kill(first.processIdentifier, SIGTERM)
        first.waitUntilExit()
        let before = try Data(contentsOf: folder.appendingPathComponent("c"))
        // A limit on the size of files stands for a full disk: writing fails in the same place.
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        let program = Program.folder.appendingPathComponent("mnist-train").path
        shell.arguments =
            ["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", program] + Self.data
            + ["--resume", path("c"), "--checkpoint-every", "2"]
        let error = Pipe()
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = error
        try shell.run()
        let message = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 1)
        #expect(message.contains("cannot write the file"), "\(message)")
        #expect(try Data(contentsOf: folder.appendingPathComponent("c")) == before)
        let resumed = try Program.run("mnist-train", Self.data + ["--resume", path("c")])
        #expect(resumed.status == 0, "\(resumed.err)")
    }
}
