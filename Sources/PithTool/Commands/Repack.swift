import ArgumentParser
import Foundation
import PithFormat
import PithGraph
import PithIdentity

/// `pith repack`.
struct Repack: ParsableCommand, JSONPrinting {
    static let configuration = CommandConfiguration(
        abstract: "Write a file again with other codecs, layout or chunks; its identity stays the same.",
        discussion: """
            Metadata, test vectors and sections that may be copied are kept. Elements keep their bits. Files may be \
            larger than memory; of an encoded tensor (palette, small integers, sparse) what is stored of it is held \
            as a whole, and with --encoding plain all its elements.

            Examples:
              pith repack digits.pith -o small.pith --level thorough
              pith repack digits.pith -o portable.pith --no-zlib
              pith repack digits.pith -o in-place.pith --level stored --layout panels

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "The file.")
    var input: String

    @Option(name: [.customShort("o"), .customLong("out")], help: "The file to write; may be the same.")
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
        let identity = try opened.identity()
        do throws(PithError) {
            try write(opened, identity)
        } catch {
            throw error.located(in: .file(input))
        }
        let bytes = try OpenedFile(output).summary.fileLength
        guard !json else {
            return print(
                try JSONText.of([
                    "input": input, "output": output, "bytesBefore": opened.summary.fileLength,
                    "bytesAfter": bytes, "identity": "\(identity)",
                ]))
        }
        print("\(input): \(opened.summary.fileLength) bytes")
        print("\(output): \(bytes) bytes, the same identity \(identity)")
    }

    /// Writes the file tensor by tensor; it takes its place once what it decodes to has been seen to be the same.
    private func write(_ opened: OpenedFile, _ identity: SHA256Digest) throws(PithError) {
        let reader = opened.reader
        let file = ModelFile(
            role: reader.role, graph: reader.graph, metadata: reader.metadata, testVectors: try reader.testVectors(),
            otherSections: reader.otherSections)
        // What is compressed is coded twice: what the file begins with depends on how long each chunk becomes.
        let bytes = opened.tensors.reduce(0) { $0 + $1.decodedBytes }
        var progress = Progress("repacking", total: level == .stored ? bytes : 2 * bytes)
        defer { progress.finish() }
        let held = HeldTensor()
        var tensors: [StreamedTensor] = []
        for number in opened.tensors.indices {
            tensors.append(try streamed(opened, number, held).reporting { progress.advance($0) })
        }
        let options = EncodingOptions(level: level.option, usesDeflate: !noZlib, chunkByteCount: chunkSize)
        try file.write(tensors, to: output, options) { written throws(PithError) in
            guard try SHA256Digest(identifying: written) == identity else {
                throw PithError(.falseDeclaration, "the result does not read back as it was written", at: .file(output))
            }
        }
    }

    /// The layout that was asked for; panels as the product takes them that uses the tensor.
    private func asked(_ name: String, _ graph: Graph?) -> TensorLayout? {
        switch layout {
        case .keep: nil
        case .rowMajor: .rowMajor
        case .panels:
            graph.flatMap { graph in graph.value(named: name).map { graph.preferredLayout(of: $0) } } ?? .panels
        }
    }

    /// A tensor in the encoding and layout that were asked for: read from the file in pieces unless it is decoded.
    private func streamed(
        _ opened: OpenedFile, _ number: Int, _ held: HeldTensor
    ) throws(PithError) -> StreamedTensor {
        let tensor = opened.summary.tensors[number]
        let decodes = encoding == .plain && tensor.encoding != .plain
        var target = decodes ? TensorLayout.rowMajor : tensor.layout
        if decodes || tensor.encoding == .plain, tensor.foreign == nil,
            let asked = asked(tensor.name, opened.reader.graph), asked.fits(tensor.elementType, tensor.shape)
        {
            target = asked
        }
        guard decodes else { return try StreamedTensor(opened.reader, number, layout: target) }
        return try StreamedTensor(
            name: tensor.name, elementType: tensor.elementType, shape: tensor.shape, layout: target
        ) { component, range throws(PithError) in
            let stored = try held.tensor(number) { () throws(PithError) in
                let source = try opened.reader.tensor(number)
                return try StoredTensor(
                    name: source.name, elementType: source.elementType, shape: source.shape, bytes: source.bytes
                ).laidOut(target)
            }
            return stored.components[component][range]
        }
    }
}

/// The last tensor that was decoded as a whole, so that only one is in memory.
private final class HeldTensor {
    private var held: (number: Int, tensor: StoredTensor)?

    func tensor(_ number: Int, _ make: () throws(PithError) -> StoredTensor) throws(PithError) -> StoredTensor {
        if let held, held.number == number { return held.tensor }
        held = nil
        let tensor = try make()
        held = (number, tensor)
        return tensor
    }
}
