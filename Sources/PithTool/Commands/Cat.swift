import ArgumentParser
import Foundation
import PithData
import PithFormat
import PithGraph

/// `pith cat`.
struct Cat: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write one tensor as a NumPy array.",
        discussion: """
            Elements of types that NumPy does not have, bf16 and 8-bit floats, are widened to float32, which is \
            exact; encoded tensors are decoded. The tensor may be larger than memory; of an encoded one what is \
            stored of it is held, and all its elements where it is sparse by columns.

            Examples:
              pith cat digits.pith fc1.weight -o fc1.npy
              pith cat digits.pith fc1.weight | python3 -c 'import numpy, sys, io;
                print(numpy.load(io.BytesIO(sys.stdin.buffer.read())).mean())'

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "The file.")
    var file: String

    @Argument(help: "The tensor's name.")
    var tensor: String

    @Option(name: [.customShort("o"), .customLong("out")], help: "The file to write; standard output without it.")
    var output: String?

    func run() throws {
        if let output { try OutputFile(output).mustDiffer(from: file) }
        let opened = try OpenedFile(file)
        let number = try opened.number(ofTensor: tensor)
        let summary = opened.summary.tensors[number]
        guard summary.foreign == nil else {
            throw PithError(
                .unsupportedOperation, "the elements are of the type '\(summary.foreign?.typeName ?? "")'",
                at: .tensor(tensor), advice: "Pith carries them as bytes and does not know them")
        }
        let type = ElementValue.widened([], summary.elementType) == nil ? summary.elementType : .float32
        guard output != nil || isatty(STDOUT_FILENO) == 0 else {
            throw PithError(
                .invalidArgument, "an array is not for a terminal", advice: "name a file with -o, or use a pipe")
        }
        let target = try output.map { path throws(PithError) in try AtomicFile(replacing: path) }
        func write(_ bytes: [UInt8]) throws(PithError) {
            if let target { return try target.append(bytes[...]) }
            do {
                try FileHandle.standardOutput.write(contentsOf: bytes)
            } catch {
                throw PithError(.inputOutput, "cannot write to standard output")
            }
        }
        try write(NpyFile.header(type, summary.shape))
        var progress = Progress("writing", total: summary.decodedBytes)
        defer { progress.finish() }
        try opened.forEachPiece(ofTensor: number) { piece throws(PithError) in
            try write(ElementValue.widened(piece, summary.elementType) ?? piece)
            progress.advance(piece.count)
        }
        try target?.commit()
    }
}
