import ArgumentParser
import PithConversion
import PithFormat
import PithGraph

/// `pith export`.
struct Export: ParsableCommand, JSONPrinting {
    static let configuration = CommandConfiguration(
        abstract: "Write a model as ONNX, or its weights as safetensors, .npz or a PyTorch state dict.",
        discussion: """
            The form is told by the ending of the file to write, or by --form. An ONNX model runs in ONNX Runtime, Triton \
            and others; a .pt is read by torch.load(weights_only=True).

            Examples:
              pith export digits.pith -o digits.onnx
              pith export digits.pith -o digits.safetensors
              pith export digits.pith -o digits.bin --form npz --json

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "A .pith file.")
    var input: String

    @Option(name: [.customShort("o"), .customLong("out")], help: "The file to write.")
    var output: String

    @Option(help: "The form, where the ending does not tell.")
    var form: FormName?

    @Flag(help: "Print one JSON object.")
    var json = false

    enum FormName: String, ExpressibleByArgument, CaseIterable {
        case onnx, safetensors, npz
        case pytorch = "pt"
    }

    func validate() throws { _ = try chosenForm() }

    private func chosenForm() throws -> Exporter.Form {
        guard let form = form.flatMap({ Exporter.Form(rawValue: $0.rawValue) }) ?? Exporter.Form(path: output) else {
            throw ValidationError("--form is needed: '\(output)' ends with none of .onnx, .safetensors, .npz, .pt")
        }
        return form
    }

    func run() throws {
        let form = try chosenForm()
        try OutputFile(output).mustDiffer(from: input)
        let bytes: [UInt8]
        do throws(PithError) {
            bytes = try Exporter.export(ModelFile.read(from: input), as: form)
        } catch {
            throw error.located(in: .file(input))
        }
        try FileIO.writeAtomically(bytes, to: output)
        guard !json else {
            let object: [String: Any] = [
                "input": input, "output": output, "form": form.rawValue, "bytesAfter": bytes.count,
            ]
            return print(try JSONText.of(object))
        }
        print("\(output): \(bytes.count) bytes")
    }
}
