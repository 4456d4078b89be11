import PithGraph

#if !hasFeature(Embedded)
    import Synchronization
#endif

extension ModelReader {
    /// A run of a tensor, whose number is its user's.
    struct TensorRun {
        var tensor: Int
        var run: Run
    }

    /// Stored and decoded bytes of the runs that a thread takes at a time, at least: a chunk of the usual size has more.
    private static let taskBytes = 1 << 18

    /// Calls a closure for each run, on several threads if the options name any.
    ///
    /// Each thread takes some runs at a time until none are left, the longest first, so that all end at about the same time,
    /// and has memory of its own for all that it takes.
    ///
    /// - Parameter body: Has the chunk reader for itself while it is called.
    /// - Throws: What the closure throws for the first of the runs for which it throws.
    func share(
        _ runs: [TensorRun], _ body: (TensorRun, ChunkReader) throws(PithError) -> Void
    ) throws(PithError) {
        #if !hasFeature(Embedded)
            if let parallel = options.parallel {
                let tasks = Self.tasks(runs)
                if tasks.count > 1 { return try Self.share(runs, tasks, parallel, body) }
            }
        #endif
        let reader = ChunkReader()
        for run in runs { try body(run, reader) }
    }

    #if !hasFeature(Embedded)
        private static func share(
            _ runs: [TensorRun], _ tasks: [(runs: Range<Int>, bytes: Int)], _ parallel: ReadingOptions.ParallelFor,
            _ body: (TensorRun, ChunkReader) throws(PithError) -> Void
        ) throws(PithError) {
            let order = tasks.indices.sorted { tasks[$0].bytes > tasks[$1].bytes }
            let next = Atomic(0)
            var failures = [PithError?](repeating: nil, count: tasks.count)
            unsafe failures.withUnsafeMutableBufferPointer { failures in
                withoutActuallyEscaping(body) { body in
                    parallel(tasks.count) { _ in
                        var place = next.add(1, ordering: .relaxed).oldValue
                        guard place < order.count else { return }
                        let reader = ChunkReader()
                        while place < order.count {
                            let task = order[place]
                            do throws(PithError) {
                                for run in runs[tasks[task].runs] { try body(run, reader) }
                            } catch {
                                unsafe failures[task] = error
                            }
                            place = next.add(1, ordering: .relaxed).oldValue
                        }
                    }
                }
            }
            for case let failure? in failures { throw failure }
        }

        /// The runs in parts of some bytes, whatever tensor they are of.
        private static func tasks(_ runs: [TensorRun]) -> [(runs: Range<Int>, bytes: Int)] {
            var tasks: [(runs: Range<Int>, bytes: Int)] = []
            var start = 0
            var bytes = 0
            for (place, run) in runs.enumerated() {
                bytes += run.run.storedBytes + run.run.decodedBytes
                if bytes >= taskBytes || place == runs.count - 1 {
                    tasks.append((start..<(place + 1), bytes))
                    start = place + 1
                    bytes = 0
                }
            }
            return tasks
        }
    #endif
}
