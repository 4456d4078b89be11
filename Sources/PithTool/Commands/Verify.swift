import ArgumentParser
import Pith
import PithFormat
import PithGraph

/// `pith verify`.
struct Verify: ParsableCommand, JSONPrinting {
    static let configuration = CommandConfiguration(
        abstract: "Check every byte, the graph and what the file declares; run the test vectors, compare bit for bit.",
        discussion: """
            Models, weights and checkpoints; what was checked is printed. Only a model has test vectors to run; that \
            takes the memory that the model takes, and without it little, whatever the size of the file.

            Examples:
              pith verify digits.pith
              pith verify --no-run large.pith
              pith verify --json digits.checkpoint

            Exit codes: 0 when all is right, 1 for anything else, 64 for wrong usage.
            """)

    @Argument(help: "The file.")
    var file: String

    @Flag(name: .customLong("no-run"), help: "Leave the test vectors alone.")
    var noRun = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let opened = try OpenedFile(file)
        try opened.verify()
        let (reader, summary) = (opened.reader, opened.summary)
        let vectors = noRun || reader.testVectorCount == 0 ? 0 : try runTestVectors()
        guard !json else {
            return print(
                try JSONText.of([
                    "file": file, "role": reader.role.name, "format": summary.version, "bytes": summary.fileLength,
                    "sections": summary.sections.count, "tensors": opened.tensors.count,
                    "nodes": reader.graph?.nodes.count ?? 0, "testVectors": vectors,
                ]))
        }
        print("\(file): \(reader.role.name), format \(summary.version)")
        print("  checksums of \(summary.sections.count) sections and \(opened.tensors.count) tensors are right")
        if let graph = reader.graph {
            print(
                "  the graph is valid, \(graph.nodes.count) nodes; it works with the \(summary.peakWorkingBytes) bytes declared"
            )
        }
        switch reader.role {
        case .model where vectors > 0: print("  \(vectors) test vectors give the same bits")
        case .model where reader.testVectorCount > 0: print("  \(reader.testVectorCount) test vectors were not run")
        case .model: print("  there are no test vectors: what it computes was not checked")
        case .weights: print("  weights have no graph, so nothing was run")
        case .checkpoint:
            print("  a checkpoint has no test vectors to run; a model of 'pith convert' has")
        }
    }

    /// How many of the model's test vectors gave the same bits: all of them.
    private func runTestVectors() throws(PithError) -> Int {
        do throws(PithError) {
            return try Model(contentsOf: file).verifyTestVectors()
        } catch {
            throw error.located(in: .file(file))
        }
    }
}
