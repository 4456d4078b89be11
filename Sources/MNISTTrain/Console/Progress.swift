import PithTraining

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
    private let stepsPerEpoch: Int
    private let epochs: Int
    private let firstStep: Int
    private let start = ContinuousClock.now
    private var epochStart = ContinuousClock.now
    private var shown = ContinuousClock.now
    private var lossSum = 0.0
    private var correct = 0
    private var count = 0

    init(_ trainer: Trainer) {
        stepsPerEpoch = trainer.stepsPerEpoch
        epochs = trainer.settings.epochs
        firstStep = trainer.stepsTaken
    }

    /// - Parameter step: Steps taken in all.
    mutating func add(step: Int, loss: Float, correct: Int, count: Int) {
        lossSum += Double(loss) * Double(count)
        self.correct += correct
        self.count += count
        guard isTerminal, step % stepsPerEpoch != 0, ContinuousClock.now - shown > .milliseconds(100) else { return }
        shown = .now
        let (epoch, inEpoch) = (step / stepsPerEpoch + 1, step % stepsPerEpoch)
        let width = 24
        let filled = inEpoch * width / stepsPerEpoch
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
        write("\r\u{1B}[Kepoch \(epoch)/\(epochs) \(bar)  \(summary)  \(timeLeft(step)) left")
    }

    /// Ends an epoch with a line of its own.
    ///
    /// - Parameter note: What else to say, two blanks behind each part.
    mutating func endEpoch(_ epoch: Int, note: String) {
        finish()
        let time = fixed(seconds(.now - epochStart), 1)
        write("epoch \(epoch)/\(epochs)  \(summary)  \(note)\(time) s\n")
        (lossSum, correct, count) = (0, 0, 0)
        epochStart = .now
    }

    /// Ends a changing line, before other output.
    func finish() { if isTerminal { write("\r\u{1B}[K") } }

    /// The mean loss of the epoch so far.
    var loss: Double { lossSum / Double(max(count, 1)) }

    /// The share of right answers in the epoch so far.
    var accuracy: Double { Double(correct) / Double(max(count, 1)) }

    /// Images per second in the epoch so far.
    var rate: Double { Double(count) / max(seconds(.now - epochStart), 1e-9) }

    private var summary: String {
        "loss \(fixed(loss, 4))  training accuracy \(fixed(100 * accuracy, 2)) %  \(Int(rate)) images/s"
    }

    private func timeLeft(_ step: Int) -> String {
        let left = seconds(.now - start) / Double(max(step - firstStep, 1)) * Double(stepsPerEpoch * epochs - step)
        let whole = Int(min(left, 1e9).rounded(.up))
        return whole < 90 ? "\(whole) s" : whole < 5400 ? "\(whole / 60) min" : "\(fixed(left / 3600, 1)) h"
    }

    private func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

    private func write(_ text: String) {
        guard !text.isEmpty else { return }
        print(text, terminator: "")
        fflush(nil)
    }
}
