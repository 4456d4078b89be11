import ArgumentParser
import Foundation
import Pith
import PithConversion
import PithFormat
import PithGraph

/// `pith convert`.
struct Convert: ParsableCommand, JSONPrinting {
    static let configuration = CommandConfiguration(
        abstract: "Turn a training checkpoint, or another framework's file, into a small model file.",
        discussion: """
            The kind of the input is told by its content: a checkpoint of mnist-train, ONNX, PyTorch (.pt, .pth, old or \
            new, TorchScript), safetensors (one file or a set with its index), .npz, .npy. Nothing in it is ever run. What \
            only training needs is dropped, weights are compressed in the smallest form that keeps their bits (a palette or \
            few that are not zero, where they are so), and input/output pairs computed from the final graph travel along \
            for 'pith verify'. All that cannot be converted is reported at once.

            Examples:
              pith convert digits.checkpoint -o digits.pith --dtype bf16
              pith convert network.onnx -o network.pith --report report.json
              pith convert silero_vad.onnx -o vad.pith --input sr=16000
              pith convert mlp.pt -o mlp.pith --activation relu \\
                --mean 0.1307 --std 0.3081
              pith convert model.safetensors -o weights.pith --weights-only

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "The file to convert.")
    var input: String

    @Option(name: [.customShort("o"), .customLong("out")], help: "The file to write.")
    var outputFile: String

    @Option(help: "How weights are stored: f32 keeps every bit, bf16 and f16 round to nearest even.")
    var dtype: Width?

    @Flag(help: "Do not compress, for readers without zlib.")
    var raw = false

    @Flag(help: "Take the tensors without a graph, for an app that builds the graph itself.")
    var weightsOnly = false

    @Option(help: "Where in a PyTorch checkpoint the state dict is, its parts separated by dots.")
    var key: String?

    @Option(help: "Which weights of a checkpoint: last, or ema for the moving average.")
    var weights = Choice.last

    @Option(help: "A file with the graph for weights that come without one, as 'pith inspect --graph text' prints it.")
    var graph: String?

    @Option(help: "The activation between the layers, for weights that are a plain chain of linear layers.")
    var activation: Activation?

    @Option(help: "Rename a tensor: OLD=NEW, or PREFIX*=PREFIX*; may be given again.")
    var map: [String] = []

    @Option(help: "A file of such rules, one a line.")
    var mapFile: String?

    @Option(help: "The shape of an input in place of the declared one: NAME=3,h,w; a word is an extent that varies.")
    var shape: [String] = []

    @Option(
        name: .customLong("input"),
        help: """
            The one value that an input always has, as NAME=NUMBER,… or NAME=FILE.npy; it becomes a constant, and branches \
            on it are decided.
            """)
    var fixedInput: [String] = []

    @Option(help: "What is subtracted from the input: a number, or one for each channel separated by commas.")
    var mean: String?

    @Option(help: "What the input is divided by afterwards.")
    var std: String?

    @Option(
        help: """
            What the outputs are, where the last operator does not tell: logits, log-probabilities or probabilities.
            """,
        transform: { name in
            guard let kind = OutputKind(name: name) else {
                throw ValidationError("it is logits, log-probabilities or probabilities")
            }
            return kind
        })
    var output: OutputKind?

    @Flag(
        help: "Make batch normalisation part of the convolution before it, which changes bits; the change is measured.")
    var foldBatchnorm = false

    @Option(help: "How many input/output pairs travel along, 0 to 1000; 3 where this is not given.")
    var testVectors: Int?

    @Option(help: "Write what was done, or all that stands in the way, as JSON.")
    var report: String?

    @Flag(help: "Print one JSON object.")
    var json = false

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

    enum Choice: String, ExpressibleByArgument, CaseIterable { case last, ema }

    enum Activation: String, ExpressibleByArgument, CaseIterable {
        case relu, sigmoid, tanh, gelu

        var op: Operator {
            switch self {
            case .relu: .relu
            case .sigmoid: .sigmoid
            case .tanh: .tanh
            case .gelu: .gelu
            }
        }
    }

    func validate() throws { _ = try arguments() }
}

extension Convert {
    func run() throws {
        let options = try options()
        let source = try SourceFile(path: input)
        try OutputFile(outputFile).mustDiffer(from: input, graph, mapFile)
        if let report { try OutputFile(report).mustDiffer(from: input, graph, mapFile, outputFile) }
        var converter = try Converter(
            elementType: dtype?.elementType, testVectorCount: testVectors ?? Converter.usualTestVectorCount)
        converter.options = options
        let conversion: Conversion
        do throws(PithError) {
            conversion = try converter.attempt(source)
        } catch {
            throw error.located(in: .file(input))
        }
        for problem in conversion.problems {
            FileHandle.standardError.write(Data("pith: \(input): \(problem)\n".utf8))
        }
        if let report {
            let text = try JSONText.of(ConversionReport.object(conversion, input: input)) + "\n"
            try FileIO.writeAtomically(Array(text.utf8), to: report)
        }
        guard let file = conversion.file else {
            let count = conversion.problems.count
            throw PithError(
                .unsupportedOperation, "\(count) \(count == 1 ? "part" : "parts") cannot be converted", at: .file(input)
            )
        }
        let summary = try file.write(
            to: outputFile, EncodingOptions(compresses: !raw), searchingSmallest: !raw)
        if json {
            var object = ConversionReport.object(conversion, input: input)
            object["output"] = outputFile
            object["bytesBefore"] = source.count
            object["bytesAfter"] = summary?.fileLength
            return print(try JSONText.of(object))
        }
        if let summary { print(sizes(summary, sourceBytes: source.count)) }
        for step in conversion.steps { print("  \(step)") }
    }

    private func sizes(_ summary: FileSummary, sourceBytes: Int) -> String {
        let written = Int(clamping: summary.fileLength)
        let change =
            written <= sourceBytes
            ? "\(SizeTable.ratio(sourceBytes, written)) times smaller"
            : "\(SizeTable.ratio(written, sourceBytes)) times larger"
        return """
            \(SizeTable.text(summary))
            \(input): \(sourceBytes) bytes
            \(outputFile): \(written) bytes, \(change)
            """
    }
}
