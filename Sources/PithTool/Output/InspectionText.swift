import Foundation
import PithFormat
import PithGraph

/// What `pith inspect` prints.
enum InspectionText {
    private static let bins = 32

    /// For people.
    static func text(_ opened: OpenedFile, _ censuses: [TensorCensus]?) -> String {
        let (reader, summary) = (opened.reader, opened.summary)
        var lines = ["\(opened.path): \(summary.role.name), format \(summary.version), \(summary.fileLength) bytes"]
        lines += summary.sections.map { "  \($0.name)  \($0.length) bytes at \($0.offset)" }
        lines.append("")
        for entry in reader.metadata.entries { lines.append("\(entry.key) = \(plain(entry.value))") }
        if let graph = reader.graph { lines += ["", graph.text] }
        lines.append(SizeTable.text(summary))
        if let censuses { lines += [""] + histograms(opened, censuses) }
        lines.append("test vectors: \(reader.testVectorCount)")
        lines.append("works with \(summary.peakWorkingBytes) bytes at batch 1")
        return lines.joined(separator: "\n")
    }

    private static func histograms(_ opened: OpenedFile, _ censuses: [TensorCensus]) -> [String] {
        let width = opened.tensors.map { $0.name.count }.max() ?? 0
        return zip(opened.tensors, censuses).map { tensor, census in
            let name = tensor.name.padding(toLength: width, withPad: " ", startingAt: 0)
            guard census.count > census.nonFinite else { return "\(name)  no finite elements" }
            let counts =
                (census.zeros > 0 ? ", \(census.zeros) zeros" : "")
                + (census.nonFinite > 0 ? ", \(census.nonFinite) not finite" : "")
            return String(
                format: "%@ %10.4g |%@| %-10.4g mean %.4g, deviation %.4g%@", name, census.minimum,
                census.line(bins: bins), census.maximum, census.mean, census.deviation, counts)
        }
    }

    /// For programs.
    static func object(_ opened: OpenedFile, _ censuses: [TensorCensus]?) -> [String: Any] {
        let (reader, summary) = (opened.reader, opened.summary)
        var tensors = opened.tensors.map { tensor in
            [
                "name": tensor.name, "type": tensor.typeName,
                "shape": tensor.elementShape.dimensions, "encoding": tensor.encoding.name,
                "layout": "\(tensor.layout)", "bytes": tensor.decodedBytes, "storedBytes": tensor.storedBytes,
                "codecs": tensor.codecs,
            ] as [String: Any]
        }
        for (number, census) in (censuses ?? []).enumerated() {
            tensors[number]["statistics"] = [
                "count": census.count, "zeros": census.zeros, "nonFinite": census.nonFinite,
                "minimum": JSONText.number(census.minimum), "maximum": JSONText.number(census.maximum),
                "mean": JSONText.number(census.mean), "deviation": JSONText.number(census.deviation),
                "orderZeroBytes": census.orderZeroBytes, "histogram": census.histogram(bins: bins),
            ]
        }
        return [
            "file": opened.path, "role": summary.role.name, "format": summary.version, "bytes": summary.fileLength,
            "workingBytes": summary.peakWorkingBytes, "metadata": metadata(reader.metadata),
            "chunkBytes": summary.chunkBytes, "graph": reader.graph?.text ?? "",
            "sections": summary.sections.map {
                ["name": $0.name, "offset": $0.offset, "bytes": $0.length] as [String: Any]
            },
            "tensors": tensors, "testVectors": reader.testVectorCount,
        ]
    }

    private static func metadata(_ metadata: Metadata) -> [String: Any] {
        var object: [String: Any] = [:]
        for entry in metadata.entries {
            switch entry.value {
            case .string(let value): object[entry.key] = value
            case .int(let value): object[entry.key] = value
            case .float(let value): object[entry.key] = JSONText.number(value)
            case .strings(let value): object[entry.key] = value
            case .floats(let value): object[entry.key] = value.map(JSONText.number)
            }
        }
        return object
    }

    static func plain(_ value: Metadata.Value) -> String {
        switch value {
        case .string(let value): value
        case .int(let value): "\(value)"
        case .float(let value): "\(value)"
        case .strings(let value): value.joined(separator: ", ")
        case .floats(let value): value.map { "\($0)" }.joined(separator: ", ")
        }
    }
}
