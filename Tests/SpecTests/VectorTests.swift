import Foundation
import PithFormat
import PithGraph
import PithIdentity
import Testing

/// The files of `spec/vectors`, which the reader in Python (`spec/reference/check_vectors.py`) reads too.
@Suite("Vectors of the specification") struct VectorTests {
    struct Manifest: Decodable {
        let valid: [Valid]
        let invalid: [Invalid]?
    }

    struct Valid: Decodable {
        struct Tensor: Decodable {
            let name: String
            let type: String
            let shape: [Int]
            let sha256: String
        }

        let file: String
        /// Of a file of a released version, which never changes.
        let sha256: String?
        let role: String
        let identity: String
        let metadata: Int
        let vectors: Int
        let tensors: [Tensor]
    }

    struct Invalid: Decodable {
        let file: String
        let rule: String
        let code: String
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../spec/vectors").standardized.path

    static func manifest(_ version: String = "") throws -> Manifest {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + version + "/manifest.json"))
        return try JSONDecoder().decode(Manifest.self, from: data)
    }

    @Test("valid files decode to what the manifest says")
    func valid() throws {
        let entries = try Self.manifest().valid
        #expect(entries.count >= 40)
        for entry in entries { try check(entry) }
    }

    @Test("files of released versions are read for ever", arguments: ["1.0"])
    func released(version: String) throws {
        let entries = try Self.manifest(version).valid
        #expect(entries.count >= 8)
        for entry in entries {
            let bytes = try FileIO.read(path: Self.folder + "/" + entry.file)
            #expect("\(SHA256Digest(of: bytes))" == entry.sha256, "\(entry.file) is not the file that was released")
            try check(entry)
        }
    }

    private func check(_ entry: Valid) throws {
        let bytes = try FileIO.read(path: Self.folder + "/" + entry.file)
        try verify(bytes)
        let file = try ModelFile.decode(bytes)
        #expect("\(file.role)" == entry.role, "\(entry.file)")
        #expect("\(try SHA256Digest(identifying: file))" == entry.identity, "\(entry.file)")
        #expect(file.metadata.entries.count == entry.metadata, "\(entry.file)")
        #expect(file.testVectors.count == entry.vectors, "\(entry.file)")
        #expect(file.tensors.map { $0.name } == entry.tensors.map { $0.name }, "\(entry.file)")
        for (tensor, expected) in zip(file.tensors, entry.tensors) {
            #expect(tensor.elementType.name == expected.type, "\(entry.file) \(tensor.name)")
            #expect(tensor.shape.dimensions == expected.shape, "\(entry.file) \(tensor.name)")
            #expect("\(SHA256Digest(of: tensor.bytes))" == expected.sha256, "\(entry.file) \(tensor.name)")
        }
    }

    /// Verifies a file without holding what it decodes to.
    private func verify(_ bytes: [UInt8]) throws(PithError) {
        let reader = try ModelReader(ByteSource(bytes), options: ReadingOptions(verify: .directoryOnly))
        var verified = 0
        try reader.verify { verified += $0 }
        #expect(verified == Int(reader.summary.decodedBytes))
    }

    @Test("files that break a rule are refused with its code")
    func invalid() throws {
        let entries = try #require(try Self.manifest().invalid)
        #expect(entries.count >= 180)
        for entry in entries {
            let bytes = try FileIO.read(path: Self.folder + "/" + entry.file)
            expectRefusal(entry) { () throws(PithError) in _ = try ModelFile.decode(bytes) }
            expectRefusal(entry) { () throws(PithError) in try verify(bytes) }
        }
    }

    private func expectRefusal(_ entry: Invalid, _ read: () throws(PithError) -> Void) {
        do throws(PithError) {
            try read()
            Issue.record("\(entry.file) is accepted: \(entry.rule)")
        } catch {
            #expect(error.code.name == entry.code, "\(entry.file): \(error)")
        }
    }
}
