import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ctrl-C and SIGTERM: noted here, and acted on between two steps.
enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// The signal that asked to stop, nil when none has.
    static var signal: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Starts to note SIGINT and SIGTERM instead of ending at once.
    static func watch() {
        // Touched first, so that the handler never runs the initialisation of a global.
        received.store(0, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            #if canImport(Glibc)
                _ = Glibc.signal(number) { Interruption.received.store($0, ordering: .relaxed) }
            #elseif canImport(Musl)
                _ = Musl.signal(number) { Interruption.received.store($0, ordering: .relaxed) }
            #elseif canImport(Darwin)
                _ = Darwin.signal(number) { Interruption.received.store($0, ordering: .relaxed) }
            #endif
        }
        // A parent may have started this program from a thread that blocks signals, as those of Dispatch do.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
