import ArgumentParser
import Foundation
import Pith
import PithData
import PithFormat
import PithGraph
import PithMath

/// `pith run`.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a model on NumPy arrays and write each output as one.",
        discussion: "Characters of an output's name outside A-Z a-z 0-9 . _ - become _ in the file's name.")

    @Argument(help: "The model.")
    var file: String

    @Option(help: "An input as [NAME=]FILE.npy; once for each input of the model.")
    var input: [String] = []

    @Option(help: "The folder to write to, made if it is missing.")
    var out: String

    @Option(help: "How many threads share the work; never changes a bit.")
    var threads = 1

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
        let outputs = try session.run(inputs)
        do {
            try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        } catch {
            throw PithError(.inputOutput, "cannot make the folder", at: .file(out))
        }
        for (value, output) in zip(model.outputs, outputs) {
            let name = String(value.name.map { Self.isPlain($0) ? $0 : "_" })
            let path = out + "/" + name + ".npy"
            try FileIO.writeAtomically(NpyFile.encode(output), to: path)
            print("\(path): \(output)")
        }
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }
}
