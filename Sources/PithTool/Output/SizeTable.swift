import Foundation
import PithFormat
import PithGraph

/// Sizes per tensor, as a table for people.
enum SizeTable {
    static func text(_ summary: FileSummary) -> String {
        var rows = [["tensor", "type", "shape", "bytes", "stored", "ratio", "codec"]]
        for tensor in summary.tensors where !tensor.name.isEmpty { rows.append(row(tensor.name, [tensor])) }
        let unnamed = summary.tensors.filter { $0.name.isEmpty }
        if !unnamed.isEmpty { rows.append(row("(test vectors)", unnamed)) }
        return TextTable.text(rows, numbers: [3, 4, 5])
    }

    private static func row(_ name: String, _ tensors: [FileSummary.Tensor]) -> [String] {
        let decoded = tensors.reduce(0) { $0 + Int($1.decodedBytes) }
        let stored = tensors.reduce(0) { $0 + Int($1.storedBytes) }
        let isOne = tensors.count == 1
        return [
            name, isOne ? tensors[0].typeName : "",
            isOne ? tensors[0].elementShape.description : "\(tensors.count) tensors", "\(decoded)", "\(stored)",
            ratio(decoded, stored), Set(tensors.flatMap { $0.codecs }).sorted().joined(separator: "+"),
        ]
    }

    /// A ratio with two digits after the point.
    static func ratio(_ before: Int, _ after: Int) -> String {
        after == 0 ? "-" : String(format: "%.2f", Double(before) / Double(after))
    }
}
