#if !hasFeature(Embedded)
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Darwin)
        import Darwin
    #endif
    import Synchronization

    /// What the threads of a pool share: the work at hand, behind one lock and two conditions.
    ///
    /// Unsafe because it holds a closure past its formal lifetime; `run` returns only when no worker holds it any more.
    @safe final class SharedWork: @unchecked Sendable {
        private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private let isBusy = Atomic<Bool>(false)
        private let next = Atomic<Int>(0)
        private var body: ((Int) -> Void)?
        private var count = 0
        private var generation = 0
        private var working = 0
        private var isStopped = false

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

        func run(count: Int, workers: Int, _ body: @escaping (Int) -> Void) {
            unsafe pthread_mutex_lock(lock)
            self.body = body
            self.count = count
            next.store(0, ordering: .relaxed)
            working = workers
            generation += 1
            unsafe pthread_cond_broadcast(wake)
            unsafe pthread_mutex_unlock(lock)
            take(count, body)
            unsafe pthread_mutex_lock(lock)
            while working > 0 { unsafe pthread_cond_wait(done, lock) }
            self.body = nil
            unsafe pthread_mutex_unlock(lock)
            isBusy.store(false, ordering: .releasing)
        }

        func stop() {
            unsafe pthread_mutex_lock(lock)
            isStopped = true
            unsafe pthread_cond_broadcast(wake)
            unsafe pthread_mutex_unlock(lock)
        }

        /// A worker's life.
        func serve() {
            var seen = 0
            unsafe pthread_mutex_lock(lock)
            while true {
                while generation == seen, !isStopped { unsafe pthread_cond_wait(wake, lock) }
                if isStopped { break }
                seen = generation
                guard let body else { continue }
                let count = count
                unsafe pthread_mutex_unlock(lock)
                take(count, body)
                unsafe pthread_mutex_lock(lock)
                working -= 1
                if working == 0 { unsafe pthread_cond_signal(done) }
            }
            unsafe pthread_mutex_unlock(lock)
        }

        private func take(_ count: Int, _ body: (Int) -> Void) {
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                body(index)
            }
        }
    }

    /// A running thread.
    struct WorkerHandle: @unchecked Sendable {
        private let thread: pthread_t

        /// Starts a thread that serves the work, nil when the system has none to give.
        init?(_ shared: SharedWork) {
            let context = unsafe Unmanaged.passRetained(shared)
            #if canImport(Darwin)
                var thread: pthread_t?
                let result = unsafe pthread_create(
                    &thread, nil,
                    { context in
                        unsafe Unmanaged<SharedWork>.fromOpaque(context).takeRetainedValue().serve()
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
                            unsafe Unmanaged<SharedWork>.fromOpaque(context).takeRetainedValue().serve()
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
