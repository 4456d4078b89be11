import ArgumentParser
import PithFormat
import PithGraph
import PithIdentity

/// `pith id`.
struct Identify: ParsableCommand, JSONPrinting {
    static let configuration = CommandConfiguration(
        commandName: "id",
        abstract: "Print the identity of models: the SHA-256 of graph and decoded tensors.",
        discussion: """
            It is the same for any codec, encoding of the file, layout and chunk size, and whatever metadata and \
            test vectors are. Every checksum is verified on the way. Files may be larger than memory; of an encoded \
            tensor what is stored of it is held, and all its elements where it is sparse by columns.

            Example:
              pith id digits.pith small.pith

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "The files.")
    var files: [String]

    @Flag(help: "Print one JSON object for each file, a line each.")
    var json = false

    func run() throws {
        guard !files.isEmpty else { throw ValidationError("name a file") }
        for file in files {
            let identity = try OpenedFile(file).identity()
            print(json ? try JSONText.of(["file": file, "identity": "\(identity)"]) : "\(identity)  \(file)")
        }
    }
}
