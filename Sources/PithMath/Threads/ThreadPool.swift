#if hasFeature(Embedded)
    /// The calling thread alone: Embedded builds have no others.
    public final class ThreadPool: Sendable {
        /// How many threads share the work.
        public let threads: Int

        /// - Parameter threads: Ignored.
        public init(threads: Int) { self.threads = 1 }

        /// Calls a closure for each index in 0..<count.
        public func forEach(count: Int, _ body: (Int) -> Void) {
            for index in 0..<count { body(index) }
        }

        /// Calls a closure for each index in 0..<count, with 0 for the thread.
        public func forEach(count: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
            for index in 0..<count { body(index, 0) }
        }

        /// Calls a function for each index in 0..<count, with 0 for the thread.
        @inline(__always)
        func forEach<Work>(count: Int, of work: Work, _ body: (_ work: Work, _ index: Int, _ thread: Int) -> Void) {
            for index in 0..<count { body(work, index, 0) }
        }
    }
#else
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif
    import Synchronization

    /// Threads that wait for work and share it; the only ones that Pith makes.
    ///
    /// Work is a count of independent pieces. Which thread takes which piece is not fixed, so pieces write to places of
    /// their own and never add to a common sum.
    public final class ThreadPool: Sendable {
        /// How many threads share the work, the caller's included.
        public let threads: Int

        private let shared: SharedWork
        private let workers: [WorkerHandle]

        /// Starts `threads - 1` threads.
        ///
        /// - Precondition: `threads` is at least 1.
        public init(threads: Int) {
            precondition(threads >= 1, "a pool has at least one thread")
            let shared = SharedWork()
            self.threads = threads
            self.shared = shared
            workers = (1..<threads).compactMap { WorkerHandle(shared, thread: $0) }
        }

        deinit {
            shared.stop()
            for worker in workers { worker.join() }
        }

        /// Calls a closure for each index in 0..<count, on all threads, and returns when all calls have.
        ///
        /// One call at a time uses the workers; a second caller in the meantime works alone.
        public func forEach(count: Int, _ body: (Int) -> Void) {
            forEach(count: count) { index, _ in body(index) }
        }

        /// Calls a closure for each index in 0..<count, on all threads, and returns when all calls have.
        ///
        /// - Parameter body: Takes the index and the number of the thread, less than `threads`, that no other call at
        ///   the same time has; so that each thread may have memory of its own.
        public func forEach(count: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
            guard !workers.isEmpty, count > 1 else {
                for index in 0..<count { body(index, 0) }
                return
            }
            withoutActuallyEscaping(body) { body in
                forEach(count: count, of: body) { body, index, thread in body(index, thread) }
            }
        }

        /// Calls a function for each index in 0..<count, on all threads, and returns when all calls have; allocates
        /// nothing.
        ///
        /// - Parameters:
        ///   - work: What the function needs. Each call has a copy.
        ///   - body: Captures nothing, or else a closure is allocated. Takes the index and the number of the thread.
        @inline(__always)
        func forEach<Work>(
            count: Int, of work: Work, _ body: @escaping (_ work: Work, _ index: Int, _ thread: Int) -> Void
        ) {
            guard !workers.isEmpty, count > 1, shared.begin() else {
                for index in 0..<count { body(work, index, 0) }
                return
            }
            unsafe withUnsafePointer(to: Pieces(work: work, body: body)) { pieces in
                unsafe shared.run(count: count, UnsafeRawPointer(pieces)) { pieces, index, thread in
                    let pieces = unsafe pieces.assumingMemoryBound(to: Pieces<Work>.self)
                    unsafe pieces.pointee.body(pieces.pointee.work, index, thread)
                }
            }
        }

        private struct Pieces<Work> {
            let work: Work
            let body: (_ work: Work, _ index: Int, _ thread: Int) -> Void
        }
    }
#endif

extension ThreadPool {
    /// Ranges that each thread gets, so that one that is late leaves some to the others.
    private static let rangesPerThread = 4

    /// Cuts 0..<count into ranges, a few for each thread, calls a closure for each, on all threads, and returns when all
    /// calls have. For many small pieces, each of which alone would cost more to hand out than to do.
    public func forEachRange(of count: Int, _ body: (Range<Int>) -> Void) {
        let ranges = threads == 1 ? min(count, 1) : min(count, threads * Self.rangesPerThread)
        forEach(count: ranges) { range in body(count * range / ranges..<count * (range + 1) / ranges) }
    }
}
