import PithGraph

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The processors that are online, at least 1 and at most 64.
func processorCount() -> Int { max(1, min(64, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

/// The value of an environment variable, nil when it is missing or empty.
func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
}

/// Finds out before a long training whether its result can be written.
///
/// - Throws: `isADirectory`, `fileNotFound` or `permissionDenied`.
func checkWritable(_ path: String) throws(PithError) {
    var information = stat()
    if unsafe stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR {
        throw PithError(
            .isADirectory, "this is a folder, where the checkpoint would go", at: .file(path),
            advice: "name a file in it")
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let folder = parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
    guard unsafe access(folder, F_OK) == 0 else {
        throw PithError(.fileNotFound, "there is no folder \(folder)", at: .file(path), advice: "make it first")
    }
    guard unsafe access(folder, W_OK) == 0 else {
        throw PithError(
            .permissionDenied, "the folder \(folder) cannot be written to", at: .file(path),
            advice: "name another place with --out")
    }
}
