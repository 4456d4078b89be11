import ArgumentParser
import Foundation
import PithFormat
import PithGraph

/// `pith inspect`.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a .pith file holds and where its bytes are.",
        discussion: "Works on models, weights and checkpoints; every checksum is verified on the way.")

    @Argument(help: "The file.")
    var file: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let bytes = try FileIO.read(path: file)
        let contents: ModelFile
        let summary: FileSummary
        do throws(PithError) {
            contents = try ModelFile.decode(bytes)
            summary = try FileSummary.of(bytes)
        } catch {
            throw error.located(in: .file(file))
        }
        print(json ? try jsonText(contents, summary) : text(contents, summary))
    }

    private func text(_ contents: ModelFile, _ summary: FileSummary) -> String {
        var lines = ["\(file): \(summary.role.name), format \(summary.version), \(summary.fileLength) bytes"]
        lines += summary.sections.map { "  \($0.name)  \($0.length) bytes at \($0.offset)" }
        lines.append("")
        for entry in contents.metadata.entries { lines.append("\(entry.key) = \(Self.plain(entry.value))") }
        if let graph = contents.graph { lines += ["", graph.text] }
        lines.append(SizeTable.text(summary))
        lines.append("test vectors: \(contents.testVectors.count)")
        lines.append("works with \(summary.peakWorkingBytes) bytes at batch 1")
        return lines.joined(separator: "\n")
    }

    private func jsonText(_ contents: ModelFile, _ summary: FileSummary) throws -> String {
        var metadata: [String: Any] = [:]
        for entry in contents.metadata.entries {
            switch entry.value {
            case .string(let value): metadata[entry.key] = value
            case .int(let value): metadata[entry.key] = value
            case .float(let value): metadata[entry.key] = value.isFinite ? value : "\(value)"
            case .strings(let value): metadata[entry.key] = value
            case .floats(let value): metadata[entry.key] = value.map { $0.isFinite ? $0 as Any : "\($0)" as Any }
            }
        }
        let object: [String: Any] = [
            "file": file, "role": summary.role.name, "format": summary.version, "bytes": summary.fileLength,
            "workingBytes": summary.peakWorkingBytes, "metadata": metadata,
            "testVectors": contents.testVectors.count, "graph": contents.graph?.text ?? "",
            "sections": summary.sections.map {
                ["name": $0.name, "offset": $0.offset, "bytes": $0.length] as [String: Any]
            },
            "tensors": summary.tensors.map {
                [
                    "name": $0.name, "type": $0.elementType.shortName, "shape": $0.shape.dimensions,
                    "bytes": $0.decodedBytes, "storedBytes": $0.storedBytes, "codecs": $0.codecs,
                ] as [String: Any]
            },
        ]
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    private static func plain(_ value: Metadata.Value) -> String {
        switch value {
        case .string(let value): value
        case .int(let value): "\(value)"
        case .float(let value): "\(value)"
        case .strings(let value): value.joined(separator: ", ")
        case .floats(let value): value.map { "\($0)" }.joined(separator: ", ")
        }
    }
}
