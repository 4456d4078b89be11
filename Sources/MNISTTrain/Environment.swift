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
