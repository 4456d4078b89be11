import CProcess
import Pith

/// The memory of Pith in a process that does nothing else: usage PithOnce MODEL, an MLP of 784 inputs and 10 outputs.
///
/// Runs it a hundred times and prints the greatest memory of the process in KB.
@main
struct PithOnce {
    static func main() throws {
        var session = try Model(contentsOf: CommandLine.arguments[1]).makeSession()
        let input = [Float](repeating: 0, count: 784)
        var output = [Float](repeating: 0, count: 10)
        for _ in 0..<100 {
            var span = output.mutableSpan
            try session.run(input.span, into: &span)
        }
        print(peak_kilobytes())
    }
}
