import PithFormat
public import PithGraph

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The bytes of a file to convert, read where and when they are needed, so that a file may be larger than memory.
@safe public final class SourceFile: Sendable {
    /// The path as the caller gave it.
    public let path: String

    /// The bytes of the file.
    public let count: Int

    private let contents: Contents

    private enum Contents {
        case memory([UInt8])
        case descriptor(Int32)
    }

    /// Opens a file.
    ///
    /// - Throws: `fileNotFound`, `permissionDenied`, `isADirectory`, `inputOutput`.
    public convenience init(path: String) throws(PithError) {
        let (descriptor, count) = try FileIO.openRegular(path)
        self.init(path: path, count: count, contents: .descriptor(descriptor))
    }

    /// Bytes in memory under a name.
    public convenience init(bytes: [UInt8], path: String = "") {
        self.init(path: path, count: bytes.count, contents: .memory(bytes))
    }

    /// An open file, which is closed with this object.
    convenience init(path: String, adopting descriptor: Int32, count: Int) {
        self.init(path: path, count: count, contents: .descriptor(descriptor))
    }

    private init(path: String, count: Int, contents: Contents) {
        self.path = path
        self.count = count
        self.contents = contents
    }

    deinit {
        if case .descriptor(let descriptor) = contents { _ = close(descriptor) }
    }

    /// Whether the bytes lie in memory and not in a file that has a path.
    var isInMemory: Bool {
        if case .memory = contents { return true }
        return false
    }

    /// The bytes of a range.
    ///
    /// - Throws: `truncated` for a range that leaves the file, `inputOutput`.
    public func bytes(_ range: Range<Int>) throws(PithError) -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw PithError(
                .truncated, "bytes \(range.lowerBound) to \(range.upperBound) are declared, the file has \(count)",
                at: location(UInt64(count)))
        }
        switch contents {
        case .memory(let bytes): return Array(bytes[range])
        case .descriptor(let descriptor): return try read(descriptor, range)
        }
    }

    /// The bytes at the start, fewer where the file is shorter.
    public func prefix(_ length: Int) throws(PithError) -> [UInt8] { try bytes(0..<min(length, count)) }

    /// The whole file, where it is not over a limit.
    ///
    /// - Throws: `limitExceeded`, `inputOutput`.
    public func all(limit: Int = .max) throws(PithError) -> [UInt8] {
        guard count <= limit else {
            throw PithError(.limitExceeded, "the file has \(count) bytes, over the limit of \(limit)", at: .file(path))
        }
        return try bytes(0..<count)
    }

    /// The file's name for errors.
    var place: PithError.Location { PithError.Location(file: path.isEmpty ? nil : path) }

    /// A place in the file.
    func location(_ offset: UInt64) -> PithError.Location {
        PithError.Location(file: path.isEmpty ? nil : path, offset: offset)
    }

    private func read(_ descriptor: Int32, _ range: Range<Int>) throws(PithError) -> [UInt8] {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, done in
            while done < range.count {
                guard let base = buffer.baseAddress else { break }
                let got = unsafe pread(descriptor, base + done, range.count - done, off_t(range.lowerBound + done))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    failed = true
                    break
                }
                done += got
            }
        }
        guard !failed else {
            throw PithError(
                .inputOutput, "the file cannot be read or became shorter", at: location(UInt64(range.lowerBound)))
        }
        return bytes
    }
}
