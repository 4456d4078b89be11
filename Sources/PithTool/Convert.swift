import ArgumentParser
import PithConversion
import PithFormat
import PithGraph

/// `pith convert`.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a training checkpoint, or another framework's file, into a small model file.",
        discussion: """
            The kind of the input is told by its content. What only training needs is dropped, weights are compressed,
            and three input/output pairs computed from the final graph travel along for 'pith verify'.
            """)

    @Argument(help: "The file to convert.")
    var input: String

    @Option(name: [.customShort("o"), .customLong("output")], help: "The file to write.")
    var output: String

    @Option(help: "How weights are stored: f32 keeps every bit, bf16 and f16 round to nearest even.")
    var dtype = Width.f32

    @Flag(help: "Do not compress, for readers without zlib.")
    var raw = false

    @Flag(help: "Take the tensors without a graph, for an app that builds the graph itself.")
    var weightsOnly = false

    enum Width: String, ExpressibleByArgument, CaseIterable {
        case f32, bf16, f16

        var elementType: ElementType {
            switch self {
            case .f32: .float32
            case .bf16: .bfloat16
            case .f16: .float16
            }
        }
    }

    func run() throws {
        let source = try SourceFile(path: input)
        var converter = try Converter(elementType: dtype.elementType)
        converter.options.isWeightsOnly = weightsOnly
        let file: ModelFile
        do throws(PithError) {
            file = try converter.convert(source)
        } catch {
            throw error.located(in: .file(input))
        }
        let bytes = try file.encoded(EncodingOptions(compresses: !raw))
        let back = try ModelFile.decode(bytes, expecting: file.role)
        guard back.tensors == file.tensors, back.graph == file.graph else {
            throw PithError(.falseDeclaration, "the result does not read back as it was written")
        }
        try FileIO.writeAtomically(bytes, to: output)
        print(SizeTable.text(try FileSummary.of(bytes)))
        print("\(input): \(source.count) bytes")
        let change =
            bytes.count <= source.count
            ? "\(SizeTable.ratio(source.count, bytes.count)) times smaller"
            : "\(SizeTable.ratio(bytes.count, source.count)) times larger"
        print("\(output): \(bytes.count) bytes, \(change)")
    }
}
