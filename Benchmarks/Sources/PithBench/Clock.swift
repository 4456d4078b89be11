#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

enum Clock {
    /// With BENCH_CLOCK=cpu the time of the calling thread alone, for machines that do other work too; then only what
    /// runs on one thread can be compared.
    private static let id: clockid_t =
        getenv("BENCH_CLOCK").map { String(cString: $0) } == "cpu" ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC

    /// Of a clock that never goes back.
    static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(id, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
