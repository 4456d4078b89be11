import PithData
import PithGraph

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file of JSON lines, each written at once, so that a reader beside the training sees it.
final class Metrics {
    private let descriptor: Int32
    private let path: String

    /// - Parameter isContinued: Whether lines are added to those of the training that is resumed.
    init(path: String, isContinued: Bool) throws(PithError) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (isContinued ? O_APPEND : O_TRUNC), 0o666)
        guard descriptor >= 0 else { throw PithError(.inputOutput, "cannot open the file", at: .file(path)) }
    }

    deinit { _ = close(descriptor) }

    func write(_ fields: [(String, JSON)]) throws(PithError) {
        let line = "{" + fields.map { JSON.quoted($0.0) + ": " + $0.1.encoded }.joined(separator: ", ") + "}\n"
        let bytes = Array(line.utf8)
        let written = unsafe bytes.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count else {
            throw PithError(.inputOutput, "cannot write a line of metrics", at: .file(path), advice: "free some space")
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, start, count)
}
