import PithGraph

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The folder that a source lies in, the only place where files that it names are looked for.
struct SourceFolder {
    /// The folder's path.
    let path: String

    /// The source, for errors.
    private let source: String

    /// The folder of a file.
    init(of file: String) {
        source = file
        guard let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            path = "."
            return
        }
        path = slash == file.startIndex ? "/" : String(file[..<slash])
    }

    /// Opens a file that a source names.
    ///
    /// The name must be relative and without `..`; every folder on the way must be a folder and not a link, and the
    /// file a regular one, not a link, of one name only (a hard link could be another user's file). Each step is opened
    /// from the one before, so that nothing can be put in its place between check and use.
    ///
    /// - Throws: `malformed` for a name that leaves the folder, `fileNotFound`, `permissionDenied`, `inputOutput`.
    func open(_ name: String) throws(PithError) -> SourceFile {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String(decoding: Array($0), as: UTF8.self)
        }
        let isPlain = parts.allSatisfy { !$0.isEmpty && $0 != ".." }
        guard isPlain, !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "\\")) else {
            throw refused(name, "its name leaves the folder of the model")
        }
        var directory = openFile(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if directory >= 0 { _ = close(directory) } }
        for part in parts.dropLast() where part != "." {
            guard directory >= 0 else { break }
            let next = unsafe openat(directory, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            _ = close(directory)
            directory = next
        }
        guard directory >= 0, let last = parts.last else {
            throw refused(name, "a folder on its path is missing or a link")
        }
        let descriptor = unsafe openat(directory, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let number = errno
            guard number != ELOOP else { throw refused(name, "it is a symbolic link") }
            let reason = unsafe String(cString: strerror(number))
            throw PithError(
                number == ENOENT ? .fileNotFound : .inputOutput, "cannot open a file that the model names: " + reason,
                at: .file(path + "/" + name))
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
            _ = close(descriptor)
            throw refused(name, "it is not a regular file of one name")
        }
        return SourceFile(path: path + "/" + name, adopting: descriptor, count: Int(status.st_size))
    }

    private func refused(_ name: String, _ reason: String) -> PithError {
        PithError(
            .malformed, "the model names the file '\(name)', which is not read: \(reason)", at: .file(source),
            advice: "put the file itself beside the model, without links")
    }
}

private func openFile(_ path: String, _ flags: Int32) -> Int32 { unsafe open(path, flags) }
