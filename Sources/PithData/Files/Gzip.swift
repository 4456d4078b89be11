import CZlib
public import PithGraph

/// Gzip files (RFC 1952) by zlib.
public enum Gzip {
    /// Whether bytes begin as a gzip file does.
    public static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// Decompresses a file of one member.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - limit: The most bytes it may give.
    /// - Throws: `malformed`, `truncated`, `limitExceeded`.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(PithError) -> [UInt8] {
        try decompress(bytes, limit: limit, stopping: false)
    }

    /// Decompresses no more than the first bytes of what a file gives.
    ///
    /// - Throws: `malformed`, `truncated`.
    public static func beginning(of bytes: [UInt8], count: Int) throws(PithError) -> [UInt8] {
        try decompress(bytes, limit: count, stopping: true)
    }

    private static func decompress(
        _ bytes: [UInt8], limit: Int, stopping: Bool
    ) throws(PithError) -> [UInt8] {
        var stream = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, size) == Z_OK else {
            throw PithError(.inputOutput, "zlib cannot start")
        }
        defer { unsafe inflateEnd(&stream) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var consumed = 0
        while true {
            let (status, taken, given) = unsafe bytes.withUnsafeBufferPointer { source in
                unsafe buffer.withUnsafeMutableBufferPointer { destination in
                    let room = min(source.count - consumed, 1 << 30)
                    unsafe stream.next_in = source.baseAddress.map {
                        unsafe UnsafeMutablePointer(mutating: $0 + consumed)
                    }
                    unsafe stream.avail_in = UInt32(room)
                    unsafe stream.next_out = destination.baseAddress
                    unsafe stream.avail_out = UInt32(destination.count)
                    let status = unsafe inflate(&stream, Z_NO_FLUSH)
                    return unsafe (
                        status, room - Int(stream.avail_in), destination.count - Int(stream.avail_out)
                    )
                }
            }
            consumed += taken
            if stopping, output.count + given >= limit {
                return output + buffer[..<(limit - output.count)]
            }
            guard output.count + given <= limit else {
                throw PithError(.limitExceeded, "the file gives over \(limit) bytes", at: .byte(UInt64(consumed)))
            }
            output += buffer[..<given]
            switch status {
            case Z_STREAM_END:
                guard consumed == bytes.count else {
                    throw PithError(
                        .trailingBytes, "bytes follow the gzip stream", at: .byte(UInt64(consumed)))
                }
                return output
            case Z_OK where taken > 0 || given > 0: continue
            case Z_OK, Z_BUF_ERROR:
                throw PithError(.truncated, "the gzip stream ends early", at: .byte(UInt64(consumed)))
            default: throw PithError(.malformed, "the gzip stream is damaged", at: .byte(UInt64(consumed)))
            }
        }
    }
}
