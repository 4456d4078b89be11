import Foundation

/// What goes to standard error beside the result: progress, on a terminal only.
struct Progress {
    private let label: String
    private let total: UInt64
    private var done: UInt64 = 0
    private var shown = -1
    private let isShown: Bool

    /// - Parameter total: Bytes of the whole work.
    init(_ label: String, total: UInt64) {
        self.label = label
        self.total = max(total, 1)
        isShown = isatty(STDERR_FILENO) == 1
    }

    /// Adds bytes that are done, and shows the percentage when it changes.
    mutating func advance(_ bytes: Int) {
        done += UInt64(bytes)
        let percent = min(Int(Double(done) / Double(total) * 100), 100)
        guard isShown, percent != shown else { return }
        shown = percent
        Self.write("\r\(label) \(percent) %")
    }

    /// Takes the line away.
    func finish() {
        guard shown >= 0 else { return }
        Self.write("\r\(String(repeating: " ", count: label.count + 6))\r")
    }

    private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
