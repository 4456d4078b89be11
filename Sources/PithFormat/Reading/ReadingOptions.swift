/// How a file is read.
public struct ReadingOptions: Sendable {
    /// Calls a closure for each index in 0..<count and returns when all calls have; on several threads if it likes.
    public typealias ParallelFor = @Sendable (_ count: Int, _ body: (Int) -> Void) -> Void

    /// How much to accept; what the file declares is checked against it before anything is allocated.
    public var limits: ReadingLimits

    /// What is verified before anything is given out.
    public var verify: Verification

    /// Shares the decoding of chunks among threads, for example a thread pool's `forEach`; nil for the caller's alone.
    public var parallel: ParallelFor?

    /// What is verified when a file is opened.
    public enum Verification: Sendable, Hashable {
        /// Every byte of the file.
        case everything
        /// All but the chunks: header, graph, index, metadata. A chunk is verified when it is read.
        case directoryOnly
    }

    /// Creates options.
    public init(
        limits: ReadingLimits = ReadingLimits(), verify: Verification = .everything, parallel: ParallelFor? = nil
    ) {
        self.limits = limits
        self.verify = verify
        self.parallel = parallel
    }
}
