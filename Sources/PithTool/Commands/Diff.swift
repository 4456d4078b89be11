import ArgumentParser
import Foundation
import PithFormat
import PithGraph

/// `pith diff`.
struct Diff: ParsableCommand, JSONPrinting {
    static let configuration = CommandConfiguration(
        abstract: "Compare what two files hold: role, graph, metadata, tensors, test vectors.",
        discussion: """
            Tensors are compared bit by bit as they decode, so that codec, encoding, layout and chunk size make no \
            difference; for those of one shape the greatest difference of two elements is shown, whatever their \
            types. Files may be larger than memory; two tensors of which one is encoded (palette, small integers, \
            sparse) are held.

            Example:
              pith diff before.pith after.pith

            Exit codes: 0 when nothing differs, 1 when something does, 2 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "A file.")
    var first: String

    @Argument(help: "Another.")
    var second: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let differences: FileDifferences
        do throws(PithError) {
            differences = try FileDifferences(OpenedFile(first), OpenedFile(second))
        } catch {
            PithTool.report(error, asJSON: json)
            throw ExitCode(2)
        }
        print(json ? try JSONText.of(differences.object(first, second)) : differences.text(first, second))
        if !differences.isEmpty { throw ExitCode.failure }
    }
}
