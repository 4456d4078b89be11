import PithGraph

/// Reads a file's bytes one after another through a buffer, never past its end.
struct SourceReader {
    let file: SourceFile
    /// The position of the next byte.
    private(set) var position: Int
    /// Where reading ends.
    let end: Int
    private var buffer: [UInt8] = []
    private var bufferStart = 0

    private static let bufferBytes = 1 << 16

    init(_ file: SourceFile, at position: Int = 0) {
        self.file = file
        self.position = position
        end = file.count
    }

    var remaining: Int { end - position }

    func error(_ code: PithError.Code, _ reason: String, advice: String = "") -> PithError {
        PithError(code, reason, at: file.location(UInt64(position)), advice: advice)
    }

    mutating func byte() throws(PithError) -> UInt8 {
        let index = position - bufferStart
        if index >= 0, index < buffer.count {
            position += 1
            return buffer[index]
        }
        guard position < end else { throw error(.truncated, "the file ends early") }
        buffer = try file.bytes(position..<min(position + Self.bufferBytes, end))
        bufferStart = position
        position += 1
        return buffer[0]
    }

    mutating func take(_ length: Int) throws(PithError) -> [UInt8] {
        guard length >= 0, length <= remaining else {
            throw error(.truncated, "\(length) bytes are declared, where \(remaining) are left")
        }
        let index = position - bufferStart
        defer { position += length }
        if index >= 0, index + length <= buffer.count { return Array(buffer[index..<(index + length)]) }
        guard length < Self.bufferBytes else { return try file.bytes(position..<(position + length)) }
        buffer = try file.bytes(position..<min(position + Self.bufferBytes, end))
        bufferStart = position
        return Array(buffer[..<length])
    }

    /// Goes on after some bytes.
    ///
    /// - Precondition: As many are left.
    mutating func skip(_ length: Int) { position += length }

    /// A little-endian number of up to eight bytes.
    mutating func number(bytes count: Int) throws(PithError) -> UInt64 {
        try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The bytes up to a line feed, which is taken too.
    mutating func line(limit: Int) throws(PithError) -> [UInt8] {
        var line: [UInt8] = []
        while true {
            let next = try byte()
            if next == UInt8(ascii: "\n") { return line }
            guard line.count < limit else { throw error(.limitExceeded, "a line has over \(limit) bytes") }
            line.append(next)
        }
    }
}
