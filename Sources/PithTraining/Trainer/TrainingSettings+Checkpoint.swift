import PithFormat
import PithGraph

/// Settings as `training.*` metadata of a checkpoint.
extension TrainingSettings {
    private enum Key {
        static let model = "training.model"
        static let epochs = "training.epochs"
        static let batchSize = "training.batch-size"
        static let shards = "training.shards"
        static let learningRate = "training.learning-rate"
        static let schedule = "training.schedule"
        static let optimizer = "training.optimizer"
        static let weightDecay = "training.weight-decay"
        static let labelSmoothing = "training.label-smoothing"
        static let gradientNorm = "training.gradient-norm"
        static let averageDecay = "training.average-decay"
        static let augmentation = "training.augmentation"
        static let validation = "training.validation"
        static let initialization = "training.initialization"
        static let seed = "training.seed"
        static let epochsBefore = "training.epochs-before"
        static let compression = "training.compression"
    }

    func store(in metadata: inout Metadata) {
        metadata[Key.model] = .string(model)
        metadata[Key.epochs] = .int(Int64(epochs))
        metadata[Key.batchSize] = .int(Int64(batchSize))
        metadata[Key.shards] = .int(Int64(shards))
        metadata[Key.learningRate] = .float(learningRate)
        metadata[Key.schedule] = .string(schedule.rawValue)
        metadata[Key.optimizer] = .string(optimizer.rawValue)
        metadata[Key.weightDecay] = .float(weightDecay)
        metadata[Key.labelSmoothing] = .float(Double(labelSmoothing))
        metadata[Key.gradientNorm] = .float(gradientNorm)
        metadata[Key.averageDecay] = .float(averageDecay)
        metadata[Key.augmentation] = .string(augmentation.text)
        metadata[Key.validation] = .int(Int64(validation))
        metadata[Key.initialization] = .string(initialization.rawValue)
        metadata[Key.seed] = .int(Int64(bitPattern: seed))
        if epochsBefore > 0 { metadata[Key.epochsBefore] = .int(Int64(epochsBefore)) }
        if let compression { metadata[Key.compression] = .string(compression.text) }
    }

    /// - Throws: `malformed` for what is missing or of another kind.
    init(storedIn metadata: Metadata) throws(PithError) {
        self.init(
            model: try metadata.string(Key.model), epochs: try metadata.count(Key.epochs),
            learningRate: try metadata.float(Key.learningRate))
        batchSize = try metadata.count(Key.batchSize)
        shards = try metadata.count(Key.shards)
        schedule = try metadata.choice(Key.schedule)
        optimizer = try metadata.choice(Key.optimizer)
        weightDecay = try metadata.float(Key.weightDecay)
        labelSmoothing = Float(try metadata.float(Key.labelSmoothing))
        gradientNorm = try metadata.float(Key.gradientNorm)
        averageDecay = try metadata.float(Key.averageDecay)
        augmentation = try Augmentation(text: metadata.string(Key.augmentation))
        validation = try metadata.count(Key.validation)
        initialization = try metadata.choice(Key.initialization)
        seed = UInt64(bitPattern: try metadata.int(Key.seed))
        if metadata[Key.epochsBefore] != nil { epochsBefore = try metadata.count(Key.epochsBefore) }
        if metadata[Key.compression] != nil {
            compression = try CompressionSettings(text: metadata.string(Key.compression))
        }
    }
}

extension Metadata {
    private static func missing(_ key: String) -> PithError {
        PithError(
            .malformed, "the checkpoint does not say '\(key)', or not as it should",
            advice: "resume a checkpoint that mnist-train wrote")
    }

    func int(_ key: String) throws(PithError) -> Int64 {
        guard case .int(let value) = self[key] else { throw Self.missing(key) }
        return value
    }

    func count(_ key: String) throws(PithError) -> Int {
        let value = try int(key)
        guard value >= 0, value <= Int64(Int32.max) else { throw Self.missing(key) }
        return Int(value)
    }

    func float(_ key: String) throws(PithError) -> Double {
        guard case .float(let value) = self[key] else { throw Self.missing(key) }
        return value
    }

    func string(_ key: String) throws(PithError) -> String {
        guard case .string(let value) = self[key] else { throw Self.missing(key) }
        return value
    }

    func choice<Value: RawRepresentable<String>>(_ key: String) throws(PithError) -> Value {
        guard let value = Value(rawValue: try string(key)) else { throw Self.missing(key) }
        return value
    }
}
