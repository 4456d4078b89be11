#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A value that a thread of its own computes, while the caller does something else.
///
/// Where the system has no thread to give, the caller computes it when asking for it.
///
/// Unsafe because the value passes from one thread to another without a lock: it is written before the thread ends, and
/// read after the thread was joined.
@safe final class BackgroundResult<Value: Sendable>: @unchecked Sendable {
    private let place = Place()
    private let body: @Sendable () -> Value
    private var thread: pthread_t?

    /// Outlives this object for as long as the thread runs.
    @safe private final class Place: @unchecked Sendable {
        var value: Value?
    }

    /// Starts to compute.
    init(_ body: @escaping @Sendable () -> Value) {
        self.body = body
        let place = place
        let context = unsafe Unmanaged.passRetained(Work { place.value = body() })
        #if canImport(Darwin)
            var started: pthread_t?
            let result = unsafe pthread_create(
                &started, nil,
                { context in
                    unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                    return nil
                }, context.toOpaque())
        #else
            var started = pthread_t()
            let result = unsafe pthread_create(
                &started, nil,
                { context in
                    if let context = unsafe context {
                        unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                    }
                    return nil
                }, context.toOpaque())
        #endif
        if result == 0 { thread = started } else { unsafe context.release() }
    }

    deinit { join() }

    /// The value, when it is there.
    func get() -> Value {
        join()
        let value = place.value ?? body()
        place.value = value
        return value
    }

    private func join() {
        guard let thread else { return }
        pthread_join(thread, nil)
        self.thread = nil
    }
}

/// What the thread takes: the closure, in a class that needs no type parameter.
private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
