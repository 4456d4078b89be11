import PithGraph

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whether there is something at a path; with a slash at its end, a folder.
func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

/// The names in a folder, in alphabetical order of their bytes, without those that begin with a dot.
///
/// - Throws: `fileNotFound` or `permissionDenied`.
func entries(of folder: String) throws(PithError) -> [String] {
    guard let directory = unsafe opendir(folder) else {
        let code: PithError.Code = errno == EACCES ? .permissionDenied : .fileNotFound
        throw PithError(code, "cannot read the folder", at: .file(folder))
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
}
