import Foundation

/// Rows of cells in columns as wide as their widest cell.
enum TextTable {
    /// - Parameter numbers: The columns that are aligned to the right.
    static func text(_ rows: [[String]], numbers: Set<Int>) -> String {
        guard let first = rows.first else { return "" }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return numbers.contains(index) ? padding + cell.0 : cell.0 + padding
            }.joined(separator: "  ").trimmingCharacters(in: CharacterSet(charactersIn: " "))
        }.joined(separator: "\n")
    }
}
