import ArgumentParser
import PithMath

/// The threads of a session that a command makes.
struct SessionThreads: ParsableArguments {
    @Option(help: "Threads that share the work, 1 to 256; their number never changes a bit.")
    var threads = 1

    func validate() throws {
        guard (1...Compute.maximumThreads).contains(threads) else {
            throw ValidationError("--threads must be 1 to \(Compute.maximumThreads)")
        }
    }
}
