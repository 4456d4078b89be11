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
              pith run pair.pith --input left=a.npy --input right=b.npy \\
                --out results --threads 2 --json
              pith run digits.pith --input pixels.npy --out results \\
                --profile --trace trace.json

            Characters of an output's name outside A-Z a-z 0-9 . _ - become _ in the file's name. The trace opens in \
            Perfetto (ui.perfetto.dev) and in Chrome's tracing page.

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "The model.")
    var file: String

    @Option(help: "An input as [NAME=]FILE.npy; once for each input of the model.")
    var input: [String] = []

    @Option(help: "The folder to write to, made if it is missing.")
    var out: String

    @OptionGroup var work: SessionThreads

    @Flag(help: "Print one JSON object instead of lines.")
    var json = false

    @Flag(help: "Print how long each step took, the least of several runs.")
    var profile = false

    @Option(help: "Write the steps of the last run as a trace.")
    var trace: String?

    func run() throws {
        let model = try Model(contentsOf: file)
        let inputs = try inputs(of: model)
        var session = try model.makeSession(threads: work.threads)
        let outputs: [Tensor]
        var steps: [StepTime] = []
        if profile || trace != nil {
            let report = try RunProfile(&session, inputs)
            outputs = report.outputs
            steps = report.fastest
            if let trace { try write(report, to: trace) }
        } else {
            outputs = try session.run(inputs)
        }
        let written = try write(outputs, of: model)
        if json {
            print(try Self.json(written, profile ? steps : []))
        } else {
            for one in written { print("\(one.path): \(one.output)") }
            if profile { print(RunProfile.table(steps)) }
        }
    }

    /// The arrays that were given, in the order of the model's inputs.
    private func inputs(of model: Model) throws(PithError) -> [Tensor] {
        var given: [String: Tensor] = [:]
        var unnamed: [Tensor] = []
        for argument in input {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, model.inputs.contains(where: { $0.name == parts[0] }) else {
                unnamed.append(try Self.array(argument, model))
                continue
            }
            guard given[parts[0]] == nil else {
                throw PithError(.duplicateName, "two arrays for the input '\(parts[0])'")
            }
            given[parts[0]] = try Self.array(parts[1], model)
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
        guard unnamed.isEmpty else {
            throw PithError(
                .invalidArgument, "\(input.count) arrays, where the model has \(model.inputs.count) inputs",
                advice: Self.names(model))
        }
        return inputs
    }

    private static func array(_ path: String, _ model: Model) throws(PithError) -> Tensor {
        do throws(PithError) {
            return try NpyFile.decode(FileIO.read(path: path))
        } catch {
            let isName = error.code == .fileNotFound && path.contains("=")
            throw (isName ? PithError(error.code, error.reason, advice: names(model)) : error).located(in: .file(path))
        }
    }

    private static func names(_ model: Model) -> String {
        "the model's inputs are \(model.inputs.map { $0.name }.joined(separator: ", "))"
    }

    private func write(_ report: RunProfile, to trace: String) throws {
        try OutputFile(trace).mustDiffer(from: file)
        let name = URL(fileURLWithPath: file).lastPathComponent
        try FileIO.writeAtomically(report.trace(of: name), to: trace)
    }
}

extension Run {
    /// An output and the file that holds it.
    private struct Written {
        let name: String
        let path: String
        let output: Tensor
    }

    /// Writes each output as an array into the folder.
    private func write(_ outputs: [Tensor], of model: Model) throws(PithError) -> [Written] {
        var written: [Written] = []
        for (value, output) in zip(model.outputs, outputs) {
            let name = String(value.name.map { Self.isPlain($0) ? $0 : "_" })
            let path = out + "/" + name + ".npy"
            if let other = written.first(where: { $0.path == path }) {
                throw PithError(
                    .duplicateName, "the outputs '\(other.name)' and '\(value.name)' would be one file",
                    at: .file(path), advice: "rename one when the model is converted")
            }
            written.append(Written(name: value.name, path: path, output: output))
        }
        do {
            try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        } catch {
            throw PithError(.inputOutput, "cannot make the folder", at: .file(out))
        }
        for one in written { try FileIO.writeAtomically(NpyFile.encode(one.output), to: one.path) }
        return written
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }

    private static func json(_ written: [Written], _ steps: [StepTime]) throws -> String {
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
        return try JSONText.of(object)
    }
}
