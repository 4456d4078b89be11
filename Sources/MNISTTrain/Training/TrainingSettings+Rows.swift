import PithTraining

extension TrainingSettings {
    /// The settings for people, those that are switched off left out.
    var rows: [(name: String, value: String)] {
        let rows: [(String, String, Bool)] = [
            ("model", model, true), ("epochs", "\(epochs)", true), ("batch", "\(batchSize)", true),
            ("shards", "\(shards)", shards != 1),
            ("optimizer", optimizer.rawValue, true), ("lr", "\(learningRate)", true),
            ("schedule", schedule.rawValue, true), ("weight-decay", "\(weightDecay)", weightDecay != 0),
            ("label-smoothing", "\(labelSmoothing)", labelSmoothing != 0),
            ("clip", "\(gradientNorm)", gradientNorm != 0),
            ("ema", "\(averageDecay)", averageDecay != 0), ("augment", augmentation.text, !augmentation.isNone),
            ("validation", "\(validation)", validation != 0),
            ("init", initialization.rawValue, initialization != .layers),
            ("seed", "\(seed)", true),
        ]
        return rows.filter { $0.2 }.map { ($0.0, $0.1) }
    }
}
