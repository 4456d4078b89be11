public import PithGraph
public import PithMath

/// Numbers as text: a line for each sample, commas between its numbers.
public enum CSVFile {
    /// Reads a file, a first line that is not of numbers passed over as a heading.
    ///
    /// - Returns: Float32 `[lines, columns]`.
    /// - Throws: `malformed` with the number of the line for anything but a number, or lines of unequal length;
    ///   `truncated` for a file without numbers.
    /// - Complexity: O(n) in the length of the text.
    public static func decode(_ bytes: [UInt8]) throws(PithError) -> Tensor {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PithError(.wrongKind, "not a text in UTF-8", at: .byte(0))
        }
        var numbers: [Float] = []
        var columns = 0
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() where !line.allSatisfy({ $0.isWhitespace }) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
            let row = fields.compactMap { Float($0) }
            if index == 0, row.isEmpty { continue }
            guard row.count == fields.count else {
                throw PithError(.malformed, "line \(index + 1) has a field that is not a number")
            }
            if columns == 0 { columns = row.count }
            guard row.count == columns else {
                throw PithError(
                    .malformed, "line \(index + 1) has \(row.count) numbers, those before it \(columns)")
            }
            numbers += row
        }
        guard columns > 0 else { throw PithError(.truncated, "there are no numbers in the file") }
        return Tensor(numbers, shape: try Shape(checking: [numbers.count / columns, columns]))
    }

    /// Writes a float32 tensor, a line for each index of its first axis, in the shortest digits that give each back.
    ///
    /// - Throws: `typeMismatch` for another type.
    public static func encode(_ tensor: Tensor) throws(PithError) -> [UInt8] {
        guard tensor.elementType == .float32 else {
            throw PithError(.typeMismatch, "expected f32, given \(tensor)")
        }
        let floats = tensor.floats
        let columns = max(tensor.shape.rank > 0 ? floats.count / max(tensor.shape[0], 1) : 1, 1)
        var text = ""
        for (index, value) in floats.enumerated() {
            text += "\(value)" + ((index + 1) % columns == 0 ? "\n" : ",")
        }
        return Array(text.utf8)
    }
}
