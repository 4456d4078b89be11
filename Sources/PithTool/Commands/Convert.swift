import ArgumentParser
import Foundation
import Pith
import PithConversion
import PithData
import PithFormat
import PithGraph

/// `pith convert`.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a training checkpoint, or another framework's file, into a small model file.",
        discussion: """
            The kind of the input is told by its content: a checkpoint of mnist-train, ONNX, PyTorch (.pt, .pth, old or
            new, TorchScript), safetensors (one file or a set with its index), .npz, .npy. Nothing in it is ever run.
            What only training needs is dropped, weights are compressed in the smallest form that keeps their bits (a
            palette or few that are not zero, where they are so), and input/output pairs computed from the final
            graph travel along for 'pith verify'. All that cannot be converted is reported at once.

            Examples:
              pith convert digits.checkpoint -o digits.pith --dtype bf16
              pith convert network.onnx -o network.pith --report report.json
              pith convert silero_vad.onnx -o vad.pith --input sr=16000
              pith convert mlp.pt -o mlp.pith --activation relu --mean 0.1307 --std 0.3081
              pith convert model.safetensors -o weights.pith --weights-only
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

    @Option(help: "What the outputs are, where the last operator does not tell.")
    var output: Kind?

    @Flag(
        help: "Make batch normalisation part of the convolution before it, which changes bits; the change is measured.")
    var foldBatchnorm = false

    @Option(help: "Write what was done, or all that stands in the way, as JSON.")
    var report: String?

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

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case logits
        case logProbabilities = "log-probabilities"
        case probabilities
    }

    func run() throws {
        let source = try SourceFile(path: input)
        try OutputFile(outputFile).mustDiffer(from: input, graph, mapFile)
        if let report { try OutputFile(report).mustDiffer(from: input, graph, mapFile, outputFile) }
        var converter = try Converter(elementType: dtype?.elementType)
        converter.options = try options()
        let conversion: Conversion
        do throws(PithError) {
            conversion = try converter.attempt(source)
        } catch {
            throw error.located(in: .file(input))
        }
        for problem in conversion.problems {
            FileHandle.standardError.write(Data("pith: \(input): \(problem)\n".utf8))
        }
        if let report { try FileIO.writeAtomically(ConversionReport.json(conversion, input: input), to: report) }
        guard let file = conversion.file else {
            let count = conversion.problems.count
            throw PithError(
                .unsupportedOperation, "\(count) \(count == 1 ? "part" : "parts") cannot be converted", at: .file(input)
            )
        }
        try write(file, sourceBytes: source.count)
        for step in conversion.steps { print("  \(step)") }
    }

    private func options() throws -> ConversionOptions {
        var options = ConversionOptions()
        options.key = key
        options.isWeightsOnly = weightsOnly
        options.takesAverage = weights == .ema
        options.activation = activation?.op
        if let graph {
            do throws(PithError) {
                options.graph = try Graph(text: String(decoding: FileIO.read(path: graph), as: UTF8.self))
            } catch {
                throw error.located(in: .file(graph))
            }
        }
        for rule in map { try options.names.add(rule) }
        if let mapFile {
            try options.names.add(file: String(decoding: FileIO.read(path: mapFile), as: UTF8.self))
        }
        for text in shape {
            guard let mark = text.lastIndex(of: "=") else {
                throw ValidationError("--shape needs NAME=EXTENT,…, not '\(text)'")
            }
            options.inputShapes[String(text[..<mark])] = text[text.index(after: mark)...].split(separator: ",").map {
                Int($0).map { .fixed($0) } ?? .symbol(String($0))
            }
        }
        for text in fixedInput {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--input needs NAME=NUMBER,… or NAME=FILE.npy") }
            options.fixedInputs[parts[0]] = try Self.fixed(parts[1])
        }
        options.mean = try mean.map { try Self.numbers($0, "--mean") }
        options.standardDeviation = try std.map { try Self.numbers($0, "--std") }
        options.outputKind = output.flatMap { ConversionOptions.OutputKind(rawValue: $0.rawValue) }
        options.foldsBatchNormalization = foldBatchnorm
        options.commandLine = Provenance.options(input: input)
        return options
    }

    /// Numbers, or the tensor of a file.
    private static func fixed(_ text: String) throws -> ConversionOptions.FixedInput {
        let numbers = text.split(separator: ",").compactMap { Double($0) }
        if !numbers.isEmpty, numbers.count == text.split(separator: ",").count { return .numbers(numbers) }
        do throws(PithError) {
            return .tensor(try NpyFile.decode(FileIO.read(path: text)))
        } catch {
            throw error.located(in: .file(text))
        }
    }

    private static func numbers(_ text: String, _ option: String) throws -> [Double] {
        let numbers = text.split(separator: ",").map { Double($0) }
        guard !numbers.isEmpty, let all = numbers as? [Double], all.allSatisfy({ $0.isFinite }) else {
            throw ValidationError("\(option) needs numbers separated by commas, not '\(text)'")
        }
        return all
    }

    private func write(_ file: ConvertedFile, sourceBytes: Int) throws {
        let options = EncodingOptions(compresses: !raw)
        guard let summary = try file.write(to: outputFile, options, searchingSmallest: !raw) else { return }
        print(SizeTable.text(summary))
        print("\(input): \(sourceBytes) bytes")
        let written = Int(clamping: summary.fileLength)
        let change =
            written <= sourceBytes
            ? "\(SizeTable.ratio(sourceBytes, written)) times smaller"
            : "\(SizeTable.ratio(written, sourceBytes)) times larger"
        print("\(outputFile): \(written) bytes, \(change)")
    }
}
