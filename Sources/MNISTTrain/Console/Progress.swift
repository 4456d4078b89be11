#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Shows how far the training is: one changing line on a terminal, and a plain line per epoch everywhere.
struct Progress {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let steps: Int
    private let epochs: Int
    private let start = ContinuousClock.now
    private var epochStart = ContinuousClock.now
    private var shown = ContinuousClock.now
    private var loss = 0.0
    private var correct = 0
    private var count = 0

    init(stepsPerEpoch: Int, epochs: Int) {
        steps = stepsPerEpoch
        self.epochs = epochs
    }

    /// - Parameter step: Steps taken in all.
    mutating func add(step: Int, loss: Float, correct: Int, count: Int) {
        self.loss += Double(loss) * Double(count)
        self.correct += correct
        self.count += count
        let isEnd = step % steps == 0
        if isTerminal, !isEnd, ContinuousClock.now - shown > .milliseconds(100) {
            shown = .now
            let (epoch, inEpoch) = (step / steps + 1, step % steps)
            let width = 24
            let filled = inEpoch * width / steps
            let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
            write("\r\u{1B}[Kepoch \(epoch)/\(epochs) \(bar) \(inEpoch)/\(steps)  \(summary)")
        }
        if isEnd {
            write(isTerminal ? "\r\u{1B}[K" : "")
            write("epoch \(step / steps)/\(epochs)  \(summary)  \(fixed(seconds(.now - epochStart), 1)) s\n")
            self.loss = 0
            self.correct = 0
            self.count = 0
            epochStart = .now
        }
    }

    /// Ends a changing line, before other output.
    func finish() { if isTerminal { write("\r\u{1B}[K") } }

    /// Seconds since the start.
    var elapsed: Double { seconds(.now - start) }

    private var summary: String {
        let rate = Double(count) / max(seconds(.now - epochStart), 1e-9)
        return "loss \(fixed(loss / Double(count), 4))  training accuracy "
            + "\(fixed(100 * Double(correct) / Double(count), 2)) %  \(Int(rate)) images/s"
    }

    private func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

    private func write(_ text: String) {
        guard !text.isEmpty else { return }
        print(text, terminator: "")
        fflush(nil)
    }
}

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((abs(value) * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    let sign = value < 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(scaled)" }
    return "\(sign)\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
}

/// Writes one line to standard error.
func complain(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    unsafe _ = bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
