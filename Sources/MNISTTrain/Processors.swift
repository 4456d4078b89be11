#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The processors that are online, at least 1 and at most 64.
func processorCount() -> Int { max(1, min(64, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
