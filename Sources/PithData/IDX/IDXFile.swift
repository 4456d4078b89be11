public import PithGraph

/// An IDX file of bytes, as MNIST's are: two zeros, the type 8, the rank, big-endian extents, then the elements.
public struct IDXFile: Sendable {
    /// The extents.
    public let shape: Shape
    /// The elements in row-major order.
    public let bytes: [UInt8]

    /// Bytes that an IDX file may have decompressed: 1 GiB.
    public static let limit = 1 << 30

    /// Bytes of the header of the greatest rank, 4.
    private static let headerLimit = 20

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
        // The header alone first: what it declares bounds how much is decompressed.
        let isGzip = Gzip.isGzip(file)
        let header =
            isGzip ? try Gzip.beginning(of: file, count: Self.headerLimit) : Array(file.prefix(Self.headerLimit))
        guard header.count >= 4, header[0] == 0, header[1] == 0, header[2] == 8, header[3] >= 1, header[3] <= 4 else {
            throw PithError(.wrongKind, "not an IDX file of bytes", at: .byte(0))
        }
        let rank = Int(header[3])
        let start = 4 + 4 * rank
        guard header.count >= start else {
            throw PithError(.truncated, "the file ends in its header", at: .byte(UInt64(header.count)))
        }
        shape = try Shape(
            checking: (0..<rank).map { axis in
                header[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
            })
        guard shape.elementCount <= Self.limit - start else {
            throw PithError(
                .limitExceeded, "the header declares \(shape.elementCount) elements, over \(Self.limit)", at: .byte(4))
        }
        let bytes = isGzip ? try Gzip.decompress(file, limit: start + shape.elementCount) : file
        guard bytes.count - start == shape.elementCount else {
            throw PithError(
                bytes.count - start < shape.elementCount ? .truncated : .trailingBytes,
                "the header declares \(shape.elementCount) elements, the file has \(bytes.count - start)",
                at: .byte(4))
        }
        self.bytes = Array(bytes[start...])
    }
}
