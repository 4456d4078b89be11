/// How a training went, over all its stages: what the curves show.
struct History {
    /// A stretch of steps, or an epoch.
    struct Point {
        /// Epochs since the first stage began, with a fraction.
        let epoch: Double
        let loss: Double
        /// The share of right answers.
        let accuracy: Double
    }

    /// What a file of the network would be after an epoch.
    struct Size {
        let epoch: Double
        let bytes: Int
        /// The share of right answers on the images split off, or else in training.
        let accuracy: Double
    }

    /// During training, several points to an epoch.
    private(set) var training: [Point] = []
    /// On the images split off, after each epoch.
    var validation: [Point] = []
    /// After each epoch of a training by a recipe.
    var sizes: [Size] = []

    private let epochs: Int
    private var stepsPerEpoch = 1
    private var epochsBefore = 0
    private var (loss, correct, count) = (0.0, 0, 0)

    /// Points that a curve has at most, about.
    private static let points = 400

    /// - Parameter epochs: Of all stages together.
    init(epochs: Int) { self.epochs = epochs }

    /// Begins a stage, or goes on with one.
    mutating func begin(stepsPerEpoch: Int, epochsBefore: Int) {
        self.stepsPerEpoch = stepsPerEpoch
        self.epochsBefore = epochsBefore
        (loss, correct, count) = (0, 0, 0)
    }

    /// - Parameter step: Steps taken in this stage.
    mutating func add(step: Int, loss: Float, correct: Int, count: Int) {
        self.loss += Double(loss) * Double(count)
        self.correct += correct
        self.count += count
        guard step % max(1, stepsPerEpoch * epochs / Self.points) == 0 else { return }
        let total = Double(self.count)
        training.append(
            Point(
                epoch: Double(epochsBefore) + Double(step) / Double(stepsPerEpoch), loss: self.loss / total,
                accuracy: Double(self.correct) / total))
        (self.loss, self.correct, self.count) = (0, 0, 0)
    }
}
