import PithGraph

extension TrainingSettings {
    /// - Throws: `invalidArgument` naming the setting that is out of range.
    func check() throws(PithError) {
        try require(epochs >= 1, "the epochs must be at least 1")
        try require(batchSize >= 1, "the batch size must be at least 1")
        try require(shards >= 1, "the shards must be at least 1")
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
