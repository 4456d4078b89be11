#if !hasFeature(Embedded)
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif
    import CPithKernels
    import Synchronization

    /// What the threads of a pool share: the work at hand.
    ///
    /// A thread that waits spins for a while, since the next work of a running model is microseconds away, and then
    /// sleeps. Only a thread that sleeps, or is to be woken from it, takes the lock.
    ///
    /// Unsafe because it holds a pointer to the caller's stack: a worker follows it only between entering and leaving work
    /// that is open, and `run` returns after closing the work and seeing all workers leave.
    @safe final class SharedWork: @unchecked Sendable {
        private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        /// Whether a caller has the workers.
        private let isBusy = Atomic<Bool>(false)
        /// Counts the works there have been; a change is what a worker waits for.
        private let generation = Atomic<Int>(0)
        /// `open` while there is work to enter, plus the count of workers that have entered and not left.
        private let entrance = Atomic<Int>(0)
        /// Threads that sleep, or are about to.
        private let sleepers = Atomic<Int>(0)
        private let isStopped = Atomic<Bool>(false)
        /// The next piece.
        private let next = Atomic<Int>(0)
        private var pieces: UnsafeRawPointer?
        private var body: Body?
        private var count = 0

        /// Does a piece, by its index and the number of the thread, of the pieces at the pointer.
        typealias Body = (_ pieces: UnsafeRawPointer, _ index: Int, _ thread: Int) -> Void

        private static let open = 1 << 32

        /// How often a thread looks before it sleeps: some tens of microseconds.
        private static let spins = 4000

        init() {
            unsafe pthread_mutex_init(lock, nil)
            unsafe pthread_cond_init(wake, nil)
            unsafe pthread_cond_init(done, nil)
        }

        deinit {
            unsafe pthread_mutex_destroy(lock)
            unsafe pthread_cond_destroy(wake)
            unsafe pthread_cond_destroy(done)
            unsafe lock.deallocate()
            unsafe wake.deallocate()
            unsafe done.deallocate()
        }

        /// Claims the workers; false when another caller has them.
        func begin() -> Bool { isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged }

        /// Shares the pieces with the workers that come; those that sleep through it are not waited for.
        ///
        /// - Parameter pieces: What the body needs, until this returns.
        func run(count: Int, _ pieces: UnsafeRawPointer, _ body: @escaping Body) {
            unsafe self.pieces = pieces
            unsafe self.body = body
            self.count = count
            next.store(0, ordering: .relaxed)
            entrance.add(Self.open, ordering: .releasing)
            generation.add(1, ordering: .sequentiallyConsistent)
            unsafe notify(wake)
            unsafe take(count, pieces, body, thread: 0)
            entrance.bitwiseAnd(~Self.open, ordering: .sequentiallyConsistent)
            unsafe wait(for: done) { entrance.load(ordering: .sequentiallyConsistent) == 0 }
            unsafe self.body = nil
            isBusy.store(false, ordering: .releasing)
        }

        func stop() {
            isStopped.store(true, ordering: .sequentiallyConsistent)
            unsafe notify(wake)
        }

        /// A worker's life.
        func serve(thread: Int) {
            var seen = 0
            while true {
                unsafe wait(for: wake) {
                    generation.load(ordering: .sequentiallyConsistent) != seen
                        || isStopped.load(ordering: .sequentiallyConsistent)
                }
                guard !isStopped.load(ordering: .relaxed) else { return }
                seen = generation.load(ordering: .acquiring)
                if entrance.add(1, ordering: .acquiring).oldValue >= Self.open, let pieces = unsafe pieces,
                    let body = unsafe body
                {
                    unsafe take(count, pieces, body, thread: thread)
                }
                if entrance.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { unsafe notify(done) }
            }
        }

        private func take(_ count: Int, _ pieces: UnsafeRawPointer, _ body: Body, thread: Int) {
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                unsafe body(pieces, index, thread)
            }
        }

        /// Returns when the condition holds, which who makes it so says by `notify`.
        private func wait(for signal: UnsafeMutablePointer<pthread_cond_t>, until condition: () -> Bool) {
            for _ in 0..<Self.spins {
                if condition() { return }
                pith_spin_hint()
            }
            unsafe pthread_mutex_lock(lock)
            sleepers.add(1, ordering: .sequentiallyConsistent)
            while !condition() { unsafe pthread_cond_wait(signal, lock) }
            sleepers.subtract(1, ordering: .sequentiallyConsistent)
            unsafe pthread_mutex_unlock(lock)
        }

        /// Wakes who sleeps. A thread counts itself among the sleepers before it looks at its condition for the last
        /// time, so that either it sees the change or this sees the sleeper.
        private func notify(_ signal: UnsafeMutablePointer<pthread_cond_t>) {
            guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
            unsafe pthread_mutex_lock(lock)
            unsafe pthread_cond_broadcast(signal)
            unsafe pthread_mutex_unlock(lock)
        }
    }

    /// One thread of a pool, and its number.
    private final class Worker: Sendable {
        private let shared: SharedWork
        private let thread: Int

        init(_ shared: SharedWork, thread: Int) {
            self.shared = shared
            self.thread = thread
        }

        func serve() { shared.serve(thread: thread) }
    }

    /// A running thread.
    struct WorkerHandle: @unchecked Sendable {
        private let thread: pthread_t

        /// Starts a thread that serves the work, nil when the system has none to give.
        init?(_ shared: SharedWork, thread number: Int) {
            let context = unsafe Unmanaged.passRetained(Worker(shared, thread: number))
            #if canImport(Darwin)
                var thread: pthread_t?
                let result = unsafe pthread_create(
                    &thread, nil,
                    { context in
                        unsafe Unmanaged<Worker>.fromOpaque(context).takeRetainedValue().serve()
                        return nil
                    }, context.toOpaque())
                guard result == 0, let thread = unsafe thread else {
                    unsafe context.release()
                    return nil
                }
            #else
                var thread = pthread_t()
                let result = unsafe pthread_create(
                    &thread, nil,
                    { context in
                        if let context = unsafe context {
                            unsafe Unmanaged<Worker>.fromOpaque(context).takeRetainedValue().serve()
                        }
                        return nil
                    }, context.toOpaque())
                guard result == 0 else {
                    unsafe context.release()
                    return nil
                }
            #endif
            self.thread = thread
        }

        func join() { pthread_join(thread, nil) }
    }
#endif
