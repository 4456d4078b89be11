import ArgumentParser
import Foundation
import Pith
import PithConversion
import PithFormat
import PithGraph
import PithIdentity

/// `pith compress`.
struct Compress: ParsableCommand, JSONPrinting {
    static let configuration = CommandConfiguration(
        abstract: "Make a model smaller by steps that lose precision, and show what each tensor lost.",
        discussion: """
            No data is needed; with some, rounding is chosen by it. A general step is for floats of two or more \
            dimensions; biases and the like stay as they are unless a pattern names them. What was done is printed and \
            written into the file (provenance.steps).

            Examples:
              pith compress digits.pith -o small.pith --int8
              pith compress digits.pith -o small.pith --palette 16
              pith compress digits.pith -o small.pith --prune 0.1 --palette 8
              pith compress digits.pith -o small.pith --int4 --block 32 \\
                --tensor 'conv*.weight=int8' --tensor '*.bias=bf16'
              pith compress digits.pith -o small.pith --target-size 100000
              pith compress digits.pith -o small.pith --int4 --calibrate samples/digits

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "The model or weights.")
    var input: String

    @Option(name: [.customShort("o"), .customLong("out")], help: "The file to write; may be the same.")
    var output: String

    @Option(help: "Replace weights by the nearest of so many values of the tensor, 2 to 256.")
    var palette: Int?

    @Flag(help: "8-bit integers with a scale for each output channel.")
    var int8 = false

    @Flag(help: "4-bit integers with a scale for each block of weights.")
    var int4 = false

    @Option(help: "Weights of a block, 32 to 256.")
    var block = WeightRecipe.defaultBlock

    @Flag(help: "Round to bfloat16.")
    var bf16 = false

    @Option(help: "Keep this share of a tensor's weights, the greatest; the others become zero.")
    var prune = 1.0

    @Option(
        help: """
            PATTERN=STEPS for tensors whose name fits the pattern, in which * stands for any characters: kept, bf16, \
            int8, int4:64, palette:16, prune:0.1, or prune:0.1+palette:16. May be given again; the last that fits counts.
            """)
    var tensor: [String] = []

    @Option(help: "Choose steps that lose the least in a file of at most so many bytes.")
    var targetSize: Int?

    @Option(
        help: """
            Examples to choose rounding by, so that outputs change less: a .npy file with inputs, or a folder with MNIST's \
            IDX files, of which the training half is used. How outputs changed is printed.
            """)
    var calibrate: String?

    @Option(
        help: "Examples only to print how outputs changed: a .npy file, or a folder, of which the test half is used.")
    var measure: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        let precisions = [palette != nil, int8, int4, bf16].filter { $0 }.count
        guard precisions < 2 else {
            throw ValidationError("--palette, --int8, --int4 and --bf16 exclude one another")
        }
        if targetSize != nil, precisions > 0 || prune != 1 {
            throw ValidationError("--target-size chooses the steps; only --tensor goes with it")
        }
        guard precisions > 0 || prune != 1 || !tensor.isEmpty || targetSize != nil else {
            throw ValidationError(
                "say what to do: --palette, --int8, --int4, --bf16, --prune, --tensor or --target-size")
        }
        do throws(PithError) { _ = try rules() } catch { throw ValidationError(error.description) }
    }

    private func rules() throws(PithError) -> WeightRules {
        var recipe = WeightRecipe(density: prune)
        if let palette { recipe.precision = .palette(palette) }
        if int8 { recipe.precision = .int8 }
        if int4 { recipe.precision = .int4(block: block) }
        if bf16 { recipe.precision = .bfloat16 }
        try recipe.check()
        var rules = WeightRules(recipe)
        for rule in tensor { try rules.add(rule) }
        return rules
    }

    func run() throws {
        try OutputFile(output).mustDiffer(from: calibrate, measure)
        let compression: Compression
        var change: OutputChange?
        let before: FileSummary
        var compressor = Compressor(try rules())
        compressor.targetBytes = targetSize
        do throws(PithError) {
            let bytes = try FileIO.read(path: input)
            before = try FileSummary.of(bytes)
            var source = try ModelFile.decode(bytes)
            source.metadata[Metadata.provenanceSource] = .string("\(SHA256Digest(of: bytes))")
            source.metadata[Metadata.provenanceOptions] = .string(
                Provenance.options(input: input, paths: ["-o", "--out", "--measure"]).joined(separator: " "))
            let data = try calibrate.map { path throws(PithError) in try CalibrationData(path, for: source) }
            let measured = try measure.map { path throws(PithError) in try CalibrationData(path, for: source) }
            compressor.calibration = try data?.rounding()
            compression = try compressor.compress(source)
            if let examples = try (measured ?? data)?.measuring() {
                change = try OutputChange(source, compression.file, examples)
            }
        } catch {
            throw error.located(in: .file(input))
        }
        let bytes = try verified(compression.file, compressor.options)
        let after = try FileSummary.of(bytes)
        try FileIO.writeAtomically(bytes, to: output)
        let table = CompressionTable(before: before, after: after, errors: compression.errors, change: change)
        print(json ? try JSONText.of(table.object(input, output)) : table.text(input, output))
    }

    /// The bytes of the file once they have been read back as they are and give the test vectors' bits.
    private func verified(_ file: ModelFile, _ options: EncodingOptions) throws(PithError) -> [UInt8] {
        do throws(PithError) {
            let bytes = try file.encoded(options)
            let back = try ModelFile.decode(bytes, expecting: file.role)
            guard back.tensors == file.tensors else {
                throw PithError(.falseDeclaration, "the result does not read back as it was written")
            }
            if file.role == .model { _ = try Model(back).verifyTestVectors() }
            return bytes
        } catch {
            throw error.located(in: .file(output))
        }
    }
}
