import ArgumentParser
import Foundation
import PithGraph
import PithMath

/// The entry point of `pith`.
@main
struct PithTool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pith",
        abstract: "Convert, compress, look at, check, compare and run .pith model files.",
        discussion: """
            Examples:
              pith convert digits.checkpoint -o digits.pith --dtype bf16
              pith compress digits.pith -o small.pith --int8
              pith inspect digits.pith
              pith verify digits.pith
              pith run digits.pith --input pixels.npy --out results

            Exit codes: 0, 1 for a failure, 64 for wrong usage; 'pith diff' has its own. With --json a failure is an \
            object too: {"error": {"code", "reason", "location", "advice"}}.
            """,
        version: PithVersion.line(of: "pith"),
        subcommands: [
            Convert.self, Compress.self, Export.self, Inspect.self, Verify.self, Run.self, ShowPlan.self, Diff.self,
            Repack.self, Cat.self, Identify.self,
        ])

    static func main() {
        var asJSON = false
        do {
            var command = try parseAsRoot()
            asJSON = (command as? any JSONPrinting)?.json ?? false
            try command.run()
        } catch let error as PithError {
            report(error, asJSON: asJSON)
            Foundation.exit(1)
        } catch {
            exit(withError: error)
        }
    }

    /// Prints what went wrong, one line on standard error, and for programs an object on standard output.
    static func report(_ error: PithError, asJSON: Bool) {
        if asJSON, let object = try? JSONText.of(error) { print(object) }
        let line = error.description.replacing("\n", with: " ")
        FileHandle.standardError.write(Data("pith: \(line)\n".utf8))
    }
}
