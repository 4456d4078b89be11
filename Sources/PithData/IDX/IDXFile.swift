public import PithGraph

/// An IDX file of bytes, as MNIST's are: two zeros, the type 8, the rank, big-endian extents, then the elements.
public struct IDXFile: Sendable {
    /// The extents.
    public let shape: Shape
    /// The elements in row-major order.
    public let bytes: [UInt8]

    /// Bytes that an IDX file may have decompressed: 1 GiB.
    public static let limit = 1 << 30

    /// Reads a file, gzip or not, told by its content.
    ///
    /// - Throws: Errors of reading, `wrongKind`, `truncated`, `trailingBytes`, located in the file.
    public static func read(from path: String) throws(PithError) -> IDXFile {
        let bytes = try DataFile.read(path: path)
        do throws(PithError) {
            return try IDXFile(decoding: bytes)
        } catch {
            throw error.located(in: .file(path))
        }
    }

    /// Decodes a file, gzip or not.
    ///
    /// - Throws: `wrongKind`, `truncated`, `trailingBytes`, `limitExceeded`.
    public init(decoding file: [UInt8]) throws(PithError) {
        let bytes = Gzip.isGzip(file) ? try Gzip.decompress(file, limit: Self.limit) : file
        guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, bytes[2] == 8, bytes[3] >= 1, bytes[3] <= 4 else {
            throw PithError(.wrongKind, "not an IDX file of bytes", at: .byte(0))
        }
        let rank = Int(bytes[3])
        let start = 4 + 4 * rank
        guard bytes.count >= start else {
            throw PithError(.truncated, "the file ends in its header", at: .byte(UInt64(bytes.count)))
        }
        shape = try Shape(
            checking: (0..<rank).map { axis in
                bytes[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
            })
        guard bytes.count - start == shape.elementCount else {
            throw PithError(
                bytes.count - start < shape.elementCount ? .truncated : .trailingBytes,
                "the header declares \(shape.elementCount) elements, the file has \(bytes.count - start)",
                at: .byte(4))
        }
        self.bytes = Array(bytes[start...])
    }
}
