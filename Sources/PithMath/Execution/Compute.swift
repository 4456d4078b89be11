public import PithGraph

/// How to compute: which kernels, and on how many threads. Neither ever changes a bit of a result.
public struct Compute: Sendable {
    /// The kernels.
    public let instructionSet: InstructionSet

    /// The threads that share the work, the caller's included.
    public let pool: ThreadPool

    /// The greatest number of threads.
    public static let maximumThreads = 256

    /// Chooses how to compute.
    ///
    /// - Parameters:
    ///   - instructionSet: Nil takes the one that the environment variable `PITH_ISA` names, else the best.
    ///   - threads: 1 to `maximumThreads`; the caller is one of them.
    /// - Throws: `invalidArgument`.
    public init(instructionSet: InstructionSet? = nil, threads: Int = 1) throws(PithError) {
        guard threads >= 1, threads <= Self.maximumThreads else {
            throw PithError(.invalidArgument, "the number of threads must be 1 to \(Self.maximumThreads)")
        }
        if let instructionSet {
            self.instructionSet = instructionSet
        } else {
            self.instructionSet = try InstructionSet.chosenByEnvironment() ?? .best
        }
        pool = ThreadPool(threads: threads)
    }

    private init(calling instructionSet: InstructionSet) {
        self.instructionSet = instructionSet
        pool = ThreadPool(threads: 1)
    }

    /// The best kernels on the calling thread, whatever `PITH_ISA` says.
    public static var single: Compute { Compute(calling: .best) }
}
