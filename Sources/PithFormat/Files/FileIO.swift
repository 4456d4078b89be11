#if !hasFeature(Embedded)
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif
    public import PithGraph

    /// Whole files, read and written with the system's calls, their failures as `PithError`.
    public enum FileIO {
        /// The bytes of a file.
        ///
        /// - Parameters:
        ///   - path: A file, or a pipe that ends.
        ///   - limit: The most bytes that are accepted.
        /// - Throws: `fileNotFound`, `permissionDenied`, `isADirectory`, `limitExceeded`, `inputOutput`.
        public static func read(path: String, limit: Int = .max) throws(PithError) -> [UInt8] {
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw PithError.system("cannot open the file", path) }
            defer { _ = close(descriptor) }
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else {
                throw PithError.system("cannot examine the file", path)
            }
            guard status.st_mode & S_IFMT != S_IFDIR else { throw PithError.folder(path) }
            let isRegular = status.st_mode & S_IFMT == S_IFREG
            guard !isRegular || status.st_size <= limit else { throw tooLong(path, limit) }
            // One byte more than expected, so that the end of the file is seen without growing the buffer.
            var bytes = [UInt8](repeating: 0, count: isRegular ? Int(status.st_size) + 1 : firstBuffer)
            var count = 0
            while true {
                let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                    guard let start = buffer.baseAddress else { return 0 }
                    return unsafe systemRead(descriptor, start + count, buffer.count - count)
                }
                if got < 0 {
                    if errno == EINTR { continue }
                    throw PithError.system("cannot read the file", path)
                }
                if got == 0 { break }
                count += got
                guard count <= limit else { throw tooLong(path, limit) }
                if count == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
            }
            bytes.removeSubrange(count...)
            return bytes
        }

        /// Gives the bytes of a file, piece by piece.
        ///
        /// - Parameters:
        ///   - path: A file, or a pipe that ends.
        ///   - receive: Gets pieces of at most 1 MiB, in order.
        /// - Throws: `fileNotFound`, `permissionDenied`, `isADirectory`, `inputOutput`, and what `receive` throws.
        public static func readPieces(
            path: String, _ receive: (ArraySlice<UInt8>) throws(PithError) -> Void
        ) throws(PithError) {
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw PithError.system("cannot open the file", path) }
            defer { _ = close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: pieceBytes)
            while true {
                let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                    guard let start = buffer.baseAddress else { return 0 }
                    return unsafe systemRead(descriptor, start, buffer.count)
                }
                if got == 0 { return }
                if got > 0 {
                    try receive(bytes[..<got])
                } else if errno != EINTR {
                    throw PithError.system("cannot read the file", path)
                }
            }
        }

        /// Writes a file, whole or not at all.
        ///
        /// See `AtomicFile` for how.
        ///
        /// - Throws: `fileNotFound` for a folder that does not exist, `permissionDenied`, `isADirectory`,
        ///   `inputOutput`; nothing is left then.
        public static func writeAtomically(_ bytes: [UInt8], to path: String) throws(PithError) {
            let file = try AtomicFile(replacing: path)
            try file.append(bytes[...])
            try file.commit()
        }

        /// Opens a regular file and tells its length.
        ///
        /// - Throws: `fileNotFound`, `permissionDenied`, `isADirectory`, `inputOutput`.
        package static func openRegular(_ path: String) throws(PithError) -> (descriptor: Int32, count: Int) {
            // Without O_NONBLOCK, opening a pipe waits for a writer.
            let descriptor = unsafe path.withCString { unsafe open($0, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }
            guard descriptor >= 0 else { throw PithError.system("cannot open the file", path) }
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else {
                let error = PithError.system("cannot examine the file", path)
                _ = close(descriptor)
                throw error
            }
            guard status.st_mode & S_IFMT == S_IFREG else {
                _ = close(descriptor)
                throw status.st_mode & S_IFMT == S_IFDIR
                    ? PithError.folder(path)
                    : PithError(.inputOutput, "this is a pipe or a device, where a file is needed", at: .file(path))
            }
            return (descriptor, Int(status.st_size))
        }

        private static let pieceBytes = 1 << 20
        private static let firstBuffer = 1 << 16

        private static func tooLong(_ path: String, _ limit: Int) -> PithError {
            PithError(.limitExceeded, "the file has over \(limit) bytes", at: .file(path))
        }
    }

    private func systemRead(_ descriptor: Int32, _ start: UnsafeMutableRawPointer, _ count: Int) -> Int {
        unsafe read(descriptor, start, count)
    }
#endif
