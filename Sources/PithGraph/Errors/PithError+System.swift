#if !hasFeature(Embedded)
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    extension PithError {
        /// Why the system's last call failed, as `errno` says.
        ///
        /// - Parameters:
        ///   - what: What could not be done, for example `cannot open the file`.
        ///   - path: Where.
        package static func system(_ what: String, _ path: String) -> PithError {
            let number = errno
            guard number != EISDIR else { return folder(path) }
            let (code, advice): (Code, String) =
                switch number {
                case ENOENT, ENOTDIR: (.fileNotFound, "check the path")
                case EACCES, EPERM, EROFS: (.permissionDenied, "check the permissions")
                default: (.inputOutput, "")
                }
            let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
            return PithError(code, what + ": " + reason, at: .file(path), advice: advice)
        }

        /// The path is that of a folder.
        package static func folder(_ path: String) -> PithError {
            PithError(.isADirectory, "this is a folder, where a file is needed", at: .file(path))
        }
    }
#endif
