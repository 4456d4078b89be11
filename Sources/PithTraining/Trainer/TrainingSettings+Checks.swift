import PithGraph

extension TrainingSettings {
    /// The most epochs.
    public static let mostEpochs = 100_000
    /// The most examples per step.
    public static let mostExamplesPerStep = 65_536
    /// The most blocks of a batch.
    public static let mostShards = 1024

    /// - Throws: `invalidArgument` naming the setting that is out of range.
    func check() throws(PithError) {
        func requireRange(_ value: Int, _ most: Int, _ what: String) throws(PithError) {
            try require(value >= 1 && value <= most, "the \(what) must be 1 to \(most)")
        }
        try requireRange(epochs, Self.mostEpochs, "epochs")
        try requireRange(batchSize, Self.mostExamplesPerStep, "batch size")
        try requireRange(shards, Self.mostShards, "shards")
        try require(learningRate > 0 && learningRate.isFinite, "the learning rate must be above 0")
        try require(weightDecay >= 0 && weightDecay.isFinite, "the weight decay must not be below 0")
        try require(labelSmoothing >= 0 && labelSmoothing < 1, "the label smoothing must be from 0 to below 1")
        try require(gradientNorm >= 0 && gradientNorm.isFinite, "the greatest norm must not be below 0")
        try require(averageDecay >= 0 && averageDecay < 1, "the decay of the average must be from 0 to below 1")
        try compression?.check()
    }

    private func require(_ condition: Bool, _ reason: String) throws(PithError) {
        guard condition else { throw PithError(.invalidArgument, reason) }
    }
}
