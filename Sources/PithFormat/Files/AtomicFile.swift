#if !hasFeature(Embedded)
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif
    public import PithGraph

    /// A file that is written piece by piece and appears at its path whole or not at all.
    ///
    ///     let file = try AtomicFile(replacing: "mnist.pith")
    ///     for piece in pieces { try file.append(piece) }
    ///     try file.commit()
    ///
    /// Pieces go to a file of another name in the same folder. `commit` synchronises and renames it, then synchronises
    /// the folder, so that what is at the path is always the old file or the new one, whole, even when the process is
    /// killed or the disk is full; a process that is killed leaves the other file behind, `PATH.NUMBER-NUMBER.tmp`.
    /// An old file's permissions are kept. What is at the path and no regular file, a pipe or a device, is written to
    /// directly.
    public final class AtomicFile {
        /// The path, as given.
        public let path: String

        private var descriptor: Int32
        private var temporary: String?

        /// Creates the other file.
        ///
        /// - Throws: `fileNotFound` for a folder that does not exist, `permissionDenied`, `isADirectory`,
        ///   `inputOutput`.
        public init(replacing path: String) throws(PithError) {
            self.path = path
            var status = stat()
            let exists = unsafe stat(path, &status) == 0
            switch exists ? status.st_mode & S_IFMT : S_IFREG {
            case S_IFDIR: throw PithError.folder(path)
            case S_IFREG:
                let (descriptor, temporary) = try Self.createTemporary(beside: path)
                (self.descriptor, self.temporary) = (descriptor, temporary)
                if exists { _ = fchmod(descriptor, status.st_mode & 0o777) }
            default:
                descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
                guard descriptor >= 0 else { throw PithError.system("cannot open the file", path) }
            }
        }

        deinit {
            if descriptor >= 0 { _ = close(descriptor) }
            if let temporary { _ = unsafe unlink(temporary) }
        }

        /// Writes bytes behind those before.
        ///
        /// - Throws: `inputOutput`, for example when the disk is full.
        public func append(_ bytes: ArraySlice<UInt8>) throws(PithError) {
            var done = 0
            while done < bytes.count {
                let wrote = unsafe bytes.withUnsafeBytes { buffer in
                    guard let start = buffer.baseAddress else { return 0 }
                    return unsafe systemWrite(descriptor, start + done, buffer.count - done)
                }
                if wrote < 0 {
                    if errno == EINTR { continue }
                    throw PithError.system("cannot write the file", path)
                }
                done += wrote
            }
        }

        /// Whether what was written can be written over and looked at before it appears: it is no pipe or device.
        var canGoBack: Bool { temporary != nil }

        /// Writes over the first bytes.
        ///
        /// - Precondition: As many have been written; `canGoBack`.
        func replaceStart(by bytes: [UInt8]) throws(PithError) {
            var done = 0
            while done < bytes.count {
                let wrote = unsafe bytes.withUnsafeBytes { buffer in
                    guard let start = buffer.baseAddress else { return 0 }
                    return unsafe pwrite(descriptor, start + done, buffer.count - done, off_t(done))
                }
                if wrote < 0 {
                    if errno == EINTR { continue }
                    throw PithError.system("cannot write the file", path)
                }
                done += wrote
            }
        }

        /// Makes the file appear at the path. Nothing can be appended after it.
        ///
        /// - Parameter check: Looks at the other file, once it is synchronised and before it is renamed; not called
        ///   where there is none because a pipe or device is written.
        /// - Throws: `permissionDenied`, `inputOutput`, and what `check` throws; the other file is removed and the path
        ///   holds what it held.
        public func commit(
            checking check: (_ temporary: String) throws(PithError) -> Void = { _ in }
        ) throws(PithError) {
            guard let temporary else { return }
            guard fsync(descriptor) == 0 else { throw PithError.system("cannot synchronise the file", path) }
            try check(temporary)
            let closing = descriptor
            descriptor = -1
            guard close(closing) == 0 else { throw PithError.system("cannot close the file", path) }
            guard unsafe rename(temporary, path) == 0 else { throw PithError.system("cannot rename the file", path) }
            self.temporary = nil
            synchroniseFolder()
        }

        private static let attempts = 100

        private static func createTemporary(beside path: String) throws(PithError) -> (Int32, String) {
            for attempt in 0..<attempts {
                let temporary = path + ".\(getpid())-\(attempt).tmp"
                let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
                if descriptor >= 0 { return (descriptor, temporary) }
                guard errno == EEXIST else { break }
            }
            throw PithError.system("cannot create the file", path)
        }

        /// Some file systems refuse to synchronise a folder; the file itself is safe by then.
        private func synchroniseFolder() {
            var name = "."
            if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
                name = slash == path.startIndex ? "/" : String(path[..<slash])
            }
            let folder = unsafe open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard folder >= 0 else { return }
            _ = fsync(folder)
            _ = close(folder)
        }
    }

    /// `write` of the system, where `self` has a method of that name.
    private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
        unsafe write(descriptor, start, count)
    }
#endif
