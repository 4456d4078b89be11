import ArgumentParser
import Foundation
import PithGraph

/// The entry point of `pith`.
@main
struct PithTool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pith",
        abstract: "Convert, look at, check and run .pith model files.",
        discussion: """
            Examples:
              pith convert digits.checkpoint -o digits.pith --dtype bf16
              pith inspect digits.pith
              pith verify digits.pith
              pith run digits.pith --input pixels.npy --out results

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """,
        version: "pith \(PithVersion.package), format \(PithVersion.format)",
        subcommands: [Convert.self, Inspect.self, Verify.self, Run.self])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as PithError {
            FileHandle.standardError.write(Data("pith: \(error.description)\n".utf8))
            Foundation.exit(1)
        } catch {
            exit(withError: error)
        }
    }
}
