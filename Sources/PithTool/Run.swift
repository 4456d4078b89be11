import ArgumentParser
import Foundation
import Pith
import PithData
import PithFormat
import PithGraph
import PithMath

/// `pith run`.
struct Run: ParsableCommand, JSONPrinting {
    static let configuration = CommandConfiguration(
        abstract: "Run a model on NumPy arrays and write each output as one.",
        discussion: """
            Examples:
              pith run digits.pith --input pixels.npy --out results
              pith run pair.pith --input left=a.npy --input right=b.npy --out results --threads 2 --json
              pith run digits.pith --input pixels.npy --out results --profile --trace trace.json

            Characters of an output's name outside A-Z a-z 0-9 . _ - become _ in the file's name. The trace opens in
            Perfetto (ui.perfetto.dev) and in Chrome's tracing page.
            """)

    @Argument(help: "The model.")
    var file: String

    @Option(help: "An input as [NAME=]FILE.npy; once for each input of the model.")
    var input: [String] = []

    @Option(help: "The folder to write to, made if it is missing.")
    var out: String

    @Option(help: "How many threads share the work; never changes a bit.")
    var threads = 1

    @Flag(help: "Print one JSON object instead of lines.")
    var json = false

    @Flag(help: "Print how long each step took, the least of several runs.")
    var profile = false

    @Option(help: "Write the steps of the last run as a trace.")
    var trace: String?

    func run() throws {
        let model = try Model(contentsOf: file)
        var given: [String: Tensor] = [:]
        var unnamed: [Tensor] = []
        for argument in input {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let isNamed = parts.count == 2 && model.inputs.contains { $0.name == parts[0] }
            let path = isNamed ? parts[1] : argument
            let tensor: Tensor
            do throws(PithError) {
                tensor = try NpyFile.decode(FileIO.read(path: path))
            } catch {
                throw error.located(in: .file(path))
            }
            if isNamed { given[parts[0]] = tensor } else { unnamed.append(tensor) }
        }
        var inputs: [Tensor] = []
        for value in model.inputs {
            if let tensor = given[value.name] {
                inputs.append(tensor)
            } else if !unnamed.isEmpty {
                inputs.append(unnamed.removeFirst())
            } else {
                throw PithError(
                    .invalidArgument, "no array for the input '\(value.name)' of type \(value.type)",
                    advice: "give it with --input \(value.name)=FILE.npy")
            }
        }
        guard unnamed.isEmpty else { throw PithError(.invalidArgument, "more arrays than the model has inputs") }
        var session = try model.makeSession(threads: threads)
        let outputs: [Tensor]
        var steps: [StepTime] = []
        if profile || trace != nil {
            let report = try RunProfile(&session, inputs)
            outputs = report.outputs
            steps = report.fastest
            if let trace { try FileIO.writeAtomically(report.trace(of: URL(fileURLWithPath: file).lastPathComponent), to: trace) }
        } else {
            outputs = try session.run(inputs)
        }
        do {
            try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        } catch {
            throw PithError(.inputOutput, "cannot make the folder", at: .file(out))
        }
        var written: [(name: String, path: String, output: Tensor)] = []
        for (value, output) in zip(model.outputs, outputs) {
            let name = String(value.name.map { Self.isPlain($0) ? $0 : "_" })
            let path = out + "/" + name + ".npy"
            try FileIO.writeAtomically(NpyFile.encode(output), to: path)
            written.append((value.name, path, output))
        }
        if json {
            print(try Self.json(written, steps))
        } else {
            for one in written { print("\(one.path): \(one.output)") }
            if profile { print(RunProfile.table(steps)) }
        }
    }

    private static func json(
        _ written: [(name: String, path: String, output: Tensor)], _ steps: [StepTime]
    ) throws -> String {
        var object: [String: Any] = [
            "outputs": written.map {
                [
                    "name": $0.name, "file": $0.path, "type": $0.output.elementType.shortName,
                    "shape": $0.output.shape.dimensions,
                ] as [String: Any]
            }
        ]
        if !steps.isEmpty {
            object["steps"] = steps.map {
                [
                    "name": $0.name, "kernel": $0.kernel, "output": $0.output.dimensions,
                    "nanoseconds": $0.duration,
                ] as [String: Any]
            }
        }
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }
}
