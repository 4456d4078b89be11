/// How a training went: what the curves show.
struct History {
    /// A stretch of steps, or an epoch.
    struct Point {
        /// Epochs, with a fraction.
        let epoch: Double
        let loss: Double
        /// The share of right answers.
        let accuracy: Double
    }

    /// During training, several points to an epoch.
    private(set) var training: [Point] = []
    /// On the images split off, after each epoch.
    var validation: [Point] = []

    private let stepsPerEpoch: Int
    private let stride: Int
    private var (loss, correct, count) = (0.0, 0, 0)

    /// Points that a curve has at most, about.
    private static let points = 400

    init(stepsPerEpoch: Int, totalSteps: Int) {
        self.stepsPerEpoch = stepsPerEpoch
        stride = max(1, totalSteps / Self.points)
    }

    /// - Parameter step: Steps taken in all.
    mutating func add(step: Int, loss: Float, correct: Int, count: Int) {
        self.loss += Double(loss) * Double(count)
        self.correct += correct
        self.count += count
        guard step % stride == 0 else { return }
        let total = Double(self.count)
        training.append(
            Point(
                epoch: Double(step) / Double(stepsPerEpoch), loss: self.loss / total,
                accuracy: Double(self.correct) / total))
        (self.loss, self.correct, self.count) = (0, 0, 0)
    }
}
