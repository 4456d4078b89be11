import Foundation
import PithFormat
import PithGraph
import PithIdentity
import Testing

@Suite("Identity") struct IdentityTests {
    private func tensor(_ name: String, _ bytes: [UInt8]) throws -> StoredTensor {
        try StoredTensor(name: name, elementType: .uint8, shape: [bytes.count], bytes: bytes)
    }

    @Test("digests of FIPS 180-4's examples")
    func publishedDigests() throws {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect("\(SHA256Digest(of: Array("abc".utf8)))" == abc)
        let path = NSTemporaryDirectory() + "pith-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileIO.writeAtomically([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000), to: path)
        let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect("\(try SHA256Digest(ofFile: path))" == million)
        #expect(throws: PithError(.fileNotFound, "")) { _ = try SHA256Digest(ofFile: path + "-none") }
        #expect(throws: PithError(.isADirectory, "")) { _ = try SHA256Digest(ofFile: NSTemporaryDirectory()) }
    }

    @Test("the stream is the one that the specification gives")
    func stream() throws {
        let file = ModelFile(role: .weights, tensors: [try tensor("b", [9, 8]), try tensor("a", [1, 2, 3])])
        let stream: [UInt8] =
            Array("pith identity 1\n".utf8) + [0, 2] + [1, 0x61, 14, 1, 3, 1, 2, 3] + [1, 0x62, 14, 1, 2, 9, 8]
        #expect(try SHA256Digest(identifying: file) == SHA256Digest(of: stream))
    }

    @Test("codec, order, metadata and role leave the identity alone; a changed element, name or shape does not")
    func whatMatters() throws {
        let zeros = [UInt8](repeating: 0, count: 300_000)
        let file = ModelFile(role: .weights, tensors: [try tensor("a", zeros), try tensor("b", [1])])
        let identity = try SHA256Digest(identifying: file)
        for compresses in [false, true] {
            let bytes = try file.encoded(EncodingOptions(compresses: compresses))
            #expect(try SHA256Digest(identifying: ModelFile.decode(bytes)) == identity)
        }
        var same = file
        same.metadata["name"] = "another"
        same.tensors.reverse()
        #expect(try SHA256Digest(identifying: same) == identity)
        for change: (inout ModelFile) throws -> Void in [
            { $0.tensors[1] = try self.tensor("b", [2]) }, { $0.tensors[1] = try self.tensor("c", [1]) },
            { $0.tensors[1] = try StoredTensor(name: "b", elementType: .uint8, shape: [1, 1], bytes: [1]) },
            { $0.tensors[1] = try StoredTensor(name: "b", elementType: .int8, shape: [1], bytes: [1]) },
        ] {
            var other = file
            try change(&other)
            #expect(try SHA256Digest(identifying: other) != identity)
        }
    }
}
