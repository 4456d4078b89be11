import Foundation
import PithConversion
import PithFormat
import PithGraph

/// What `pith compress` prints: each tensor's encoding, bytes before and after, and error.
struct CompressionTable {
    let before: FileSummary
    let after: FileSummary
    let errors: [String: WeightError]
    let change: OutputChange?

    private struct Row {
        let before: FileSummary.Tensor
        let after: FileSummary.Tensor
        let error: WeightError?
    }

    private var rows: [Row] {
        var sources: [String: FileSummary.Tensor] = [:]
        for tensor in before.tensors where !tensor.name.isEmpty { sources[tensor.name] = tensor }
        return after.tensors.compactMap { tensor in
            sources[tensor.name].map { Row(before: $0, after: tensor, error: errors[tensor.name]) }
        }
    }

    /// Bytes of the weights as float32.
    private var plainBytes: Int {
        rows.reduce(0) { $0 + $1.after.shape.elementCount * max(4, $1.before.elementType.byteCount) }
    }

    /// For people.
    func text(_ input: String, _ output: String) -> String {
        var cells = [["tensor", "shape", "encoding", "bytes before", "after", "ratio", "error", "greatest"]]
        for row in rows {
            let (old, new) = (Int(row.before.storedBytes), Int(row.after.storedBytes))
            cells.append([
                row.after.name, row.after.shape.description, Self.encoding(row.after), "\(old)", "\(new)",
                SizeTable.ratio(old, new), row.error.map { String(format: "%.3f %%", $0.relative * 100) } ?? "none",
                row.error.map { String(format: "%.3g", $0.greatest) } ?? "0",
            ])
        }
        let (old, new) = (Int(before.fileLength), Int(after.fileLength))
        return TextTable.text(cells, numbers: [3, 4, 5, 6, 7]) + "\n"
            + """
            error: the root of the squared differences' sum over that of the squared weights; greatest: of one weight
            \(input): \(old) bytes
            \(output): \(new) bytes, \(SizeTable.ratio(old, new)) times smaller, \
            \(SizeTable.ratio(plainBytes, new)) times smaller than the weights as f32
            """ + (change.map { "\n" + Self.text($0) } ?? "")
    }

    private static func text(_ change: OutputChange) -> String {
        var text = String(
            format: "outputs of %d examples: differ by %.3g %% (error as above), %.3g at most; the greatest stays the "
                + "greatest in %d of %d", change.examples, change.relative * 100, change.greatest, change.sameArgmax,
            change.rows)
        if let correct = change.correct {
            let count = Double(max(change.examples, 1))
            text += String(
                format: "\naccuracy: %.2f %% before, %.2f %% after", Double(correct.before) / count * 100,
                Double(correct.after) / count * 100)
        }
        return text
    }

    private static func object(_ change: OutputChange) -> [String: Any] {
        var object: [String: Any] = [
            "examples": change.examples, "relativeError": JSONText.number(change.relative),
            "greatestError": JSONText.number(change.greatest), "sameArgmax": change.sameArgmax, "rows": change.rows,
        ]
        if let correct = change.correct {
            object["correctBefore"] = correct.before
            object["correctAfter"] = correct.after
        }
        return object
    }

    /// For programs.
    func object(_ input: String, _ output: String) -> [String: Any] {
        var object: [String: Any] = [
            "input": input, "output": output, "bytesBefore": before.fileLength, "bytesAfter": after.fileLength,
            "plainBytes": plainBytes,
            "tensors": rows.map { row in
                [
                    "name": row.after.name, "shape": row.after.shape.dimensions, "encoding": Self.encoding(row.after),
                    "bytesBefore": row.before.storedBytes, "bytesAfter": row.after.storedBytes,
                    "relativeError": JSONText.number(row.error?.relative ?? 0),
                    "greatestError": JSONText.number(row.error?.greatest ?? 0),
                ] as [String: Any]
            },
        ]
        if let change { object["outputs"] = Self.object(change) }
        return object
    }

    private static func encoding(_ tensor: FileSummary.Tensor) -> String {
        tensor.encoding == .plain ? tensor.elementType.shortName : tensor.encoding.name
    }
}
