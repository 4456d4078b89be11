public import PithGraph

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whole data files, read with typed errors.
public enum DataFile {
    /// Bytes that a file may have at most unless a caller says otherwise: 4 GiB.
    public static let defaultLimit = 1 << 32

    /// Reads a whole file.
    ///
    /// - Throws: `fileNotFound`, `permissionDenied`, `isADirectory`, `limitExceeded`, `inputOutput`.
    public static func read(path: String, limit: Int = defaultLimit) throws(PithError) -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else { throw PithError.system("cannot open the file", path) }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
            if count == 0 { break }
            guard bytes.count + count <= limit else {
                throw PithError(.limitExceeded, "over the limit of \(limit) bytes", at: .file(path))
            }
            bytes += buffer[..<count]
        }
        guard unsafe ferror(file) == 0 else { throw PithError.system("cannot read the file", path) }
        return bytes
    }
}
