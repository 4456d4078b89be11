import Crypto
public import PithFormat
public import PithGraph

/// A SHA-256 digest, of a file's bytes or of what a model decodes to.
public struct SHA256Digest: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// The digest of bytes in memory.
    ///
    /// - Complexity: O(n) in the number of bytes.
    public init(of data: [UInt8]) {
        var hash = SHA256()
        hash.update(data: data)
        bytes = Array(hash.finalize())
    }

    /// The digest of a file, which is read piece by piece.
    ///
    /// - Throws: What `FileIO.readPieces` throws.
    /// - Complexity: O(n) in the file's bytes, with 1 MiB of memory.
    public init(ofFile path: String) throws(PithError) {
        var hash = SHA256()
        try FileIO.readPieces(path: path) { piece in hash.update(data: piece) }
        bytes = Array(hash.finalize())
    }

    /// The identity of a model: the digest of its graph and decoded tensors, the same for any codec, layout or chunk
    /// size, and whatever the metadata and test vectors are (`spec/FORMAT.md`, "Identity").
    ///
    /// - Throws: What `ModelFile.encoded` throws for contents that no file can hold.
    /// - Complexity: O(n) in the decoded bytes.
    public init(identifying model: ModelFile) throws(PithError) {
        var hash = SHA256()
        try model.forEachIdentityPiece { piece in hash.update(data: piece) }
        bytes = Array(hash.finalize())
    }

    /// The identity of what a file holds, which is read piece by piece and verified on the way.
    ///
    /// - Parameter advance: Called with the bytes of each piece once it is done.
    /// - Throws: Whatever is wrong with the file's chunks.
    /// - Complexity: O(n) in the decoded bytes.
    public init(identifying reader: ModelReader, _ advance: (Int) -> Void = { _ in }) throws(PithError) {
        var hash = SHA256()
        try reader.forEachIdentityPiece { piece in
            hash.update(data: piece)
            advance(piece.count)
        }
        bytes = Array(hash.finalize())
    }
}

extension SHA256Digest: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
