import ArgumentParser
import Foundation
import PithFormat
import PithGraph
import PithIdentity

/// `pith repack`.
struct Repack: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a file again with other codecs, layout or chunks; its identity stays the same.",
        discussion: """
            Metadata, test vectors and sections that may be copied are kept. Elements keep their bits.

            Examples:
              pith repack digits.pith -o small.pith --level thorough
              pith repack digits.pith -o portable.pith --no-zlib
              pith repack digits.pith -o in-place.pith --level stored --layout panels

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "The file.")
    var input: String

    @Option(name: [.customShort("o"), .customLong("output")], help: "The file to write; may be the same.")
    var output: String

    @Option(help: "stored, standard (what decodes fast) or thorough (the smallest).")
    var level = Level.standard

    @Flag(name: .customLong("no-zlib"), help: "Use no deflate, for readers without zlib.")
    var noZlib = false

    @Option(help: "Decoded bytes of a chunk: a power of two from 4096 to 4194304.")
    var chunkSize = EncodingOptions().chunkByteCount

    @Option(help: "keep, row-major, or panels: the kernels' layout for the matrices of products.")
    var layout = Layout.keep

    @Option(help: "keep, or plain: decode palettes, small integers and sparse tensors.")
    var encoding = Encoding.keep

    @Flag(help: "Print one JSON object.")
    var json = false

    enum Level: String, ExpressibleByArgument, CaseIterable {
        case stored, standard, thorough

        var option: EncodingOptions.Level {
            switch self {
            case .stored: .stored
            case .standard: .standard
            case .thorough: .thorough
            }
        }
    }

    enum Layout: String, ExpressibleByArgument, CaseIterable {
        case keep
        case rowMajor = "row-major"
        case panels
    }

    enum Encoding: String, ExpressibleByArgument, CaseIterable {
        case keep, plain
    }

    func validate() throws {
        guard chunkSize.nonzeroBitCount == 1, EncodingOptions.chunkSizes.contains(chunkSize) else {
            throw ValidationError("--chunk-size must be a power of two from 4096 to 4194304")
        }
    }
}

extension Repack {
    func run() throws {
        let opened = try OpenedFile(input)
        let options = EncodingOptions(level: level.option, usesDeflate: !noZlib, chunkByteCount: chunkSize)
        let identity = try opened.identity()
        var file: ModelFile
        do throws(PithError) {
            file = try opened.reader.contents()
            var tensors: [StoredTensor] = []
            for tensor in file.tensors { tensors.append(try changed(tensor, in: file.graph)) }
            file.tensors = tensors
        } catch {
            throw error.located(in: .file(input))
        }
        let bytes = try file.encoded(options)
        let back = try ModelReader(ByteSource(bytes))
        guard try SHA256Digest(identifying: back) == identity else {
            throw PithError(.falseDeclaration, "the result does not read back as it was written", at: .file(output))
        }
        try FileIO.writeAtomically(bytes, to: output)
        guard !json else {
            return print(
                try JSONText.of([
                    "input": input, "output": output, "bytesBefore": opened.summary.fileLength,
                    "bytesAfter": bytes.count, "identity": "\(identity)",
                ]))
        }
        print("\(input): \(opened.summary.fileLength) bytes")
        print("\(output): \(bytes.count) bytes, the same identity \(identity)")
    }

    private func changed(_ tensor: StoredTensor, in graph: Graph?) throws(PithError) -> StoredTensor {
        var result = tensor
        if encoding == .plain, tensor.encoding != .plain {
            result = try StoredTensor(
                name: tensor.name, elementType: tensor.elementType, shape: tensor.shape, bytes: tensor.bytes)
        }
        guard result.encoding == .plain, result.foreign == nil else { return result }
        switch layout {
        case .keep: return result
        case .rowMajor: return try result.laidOut(.rowMajor)
        case .panels:
            let wanted = graph.flatMap { graph in
                graph.value(named: tensor.name).map { graph.preferredLayout(of: $0) }
            }
            return (try? result.laidOut(wanted ?? .panels)) ?? result
        }
    }
}
