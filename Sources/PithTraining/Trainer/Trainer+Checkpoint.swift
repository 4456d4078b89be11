public import PithFormat
public import PithGraph
import PithMath

/// A checkpoint is a `.pith` file of role checkpoint: the graph, a tensor per initializer under its own name, the
/// optimizer's state as `optimizer/<name>/<state>`, and what the training needs to go on as `training.*` metadata.
extension Trainer {
    private enum Key {
        static let model = "training.model"
        static let epochs = "training.epochs"
        static let batchSize = "training.batch-size"
        static let learningRate = "training.learning-rate"
        static let schedule = "training.schedule"
        static let optimizer = "training.optimizer"
        static let seed = "training.seed"
        static let augmentation = "training.augmentation"
        static let validation = "training.validation"
        static let step = "training.step"
        static let shuffle = "training.random.shuffle"
        static let dropout = "training.random.dropout"
        static let examples = "training.examples"
    }

    /// The whole state of the training: equal states give equal bytes.
    ///
    /// - Throws: What building the file's parts throws; nothing for a graph that the file can hold.
    public func checkpoint() throws(PithError) -> ModelFile {
        var tensors: [StoredTensor] = []
        for (id, tensor) in zip(graph.initializers, parameters) { tensors.append(try stored(graph[id].name, tensor)) }
        for (index, state) in optimizer.state.enumerated() {
            for (name, tensor) in zip(optimizer.kind.stateNames, state) {
                tensors.append(try stored(stateName(index, name), tensor))
            }
        }
        var metadata: Metadata = [
            Metadata.name: .string(settings.model),
            Metadata.inputShape: .floats([Double(examples.height), Double(examples.width)]),
            Metadata.inputMean: .floats([0]),
            Metadata.inputStandardDeviation: .floats([1]),
            Metadata.outputKind: .string("probabilities"),
            Metadata.labels: .strings((0..<objective.classes).map { "\($0)" }),
        ]
        metadata[Key.model] = .string(settings.model)
        metadata[Key.epochs] = .int(Int64(settings.epochs))
        metadata[Key.batchSize] = .int(Int64(settings.batchSize))
        metadata[Key.learningRate] = .float(Double(settings.learningRate))
        metadata[Key.schedule] = .string(settings.schedule.rawValue)
        metadata[Key.optimizer] = .string(settings.optimizer.rawValue)
        metadata[Key.seed] = .int(Int64(bitPattern: settings.seed))
        metadata[Key.augmentation] = .string(settings.augmentation.text)
        metadata[Key.validation] = .int(Int64(settings.validation))
        metadata[Key.step] = .int(Int64(stepsTaken))
        metadata[Key.shuffle] = .int(Int64(bitPattern: shuffleStart))
        metadata[Key.dropout] = .int(Int64(bitPattern: dropout.position))
        metadata[Key.examples] = .int(Int64(bitPattern: identity))
        return ModelFile(role: .checkpoint, graph: graph, tensors: tensors, metadata: metadata, testVectors: [])
    }

    /// Goes on from a checkpoint, with the bits of a training that was never interrupted.
    ///
    /// - Parameters:
    ///   - file: Of role checkpoint.
    ///   - examples: The same as before.
    /// - Throws: `wrongRole`, `malformed` for state that is missing or does not fit, `invalidArgument` for other
    ///   examples.
    public convenience init(resuming file: ModelFile, examples: TrainingExamples) throws(PithError) {
        guard file.role == .checkpoint, let graph = file.graph else {
            throw PithError(
                .wrongRole, "only a checkpoint can be resumed", advice: "pass a file that mnist-train wrote")
        }
        let metadata = file.metadata
        let settings = TrainingSettings(
            model: try metadata.string(Key.model), epochs: try metadata.count(Key.epochs),
            batchSize: try metadata.count(Key.batchSize), learningRate: Float(try metadata.float(Key.learningRate)),
            schedule: try metadata.choice(Key.schedule), optimizer: try metadata.choice(Key.optimizer),
            seed: UInt64(bitPattern: try metadata.int(Key.seed)),
            augmentation: try Augmentation(text: metadata.string(Key.augmentation)),
            validation: try metadata.count(Key.validation))
        guard UInt64(bitPattern: try metadata.int(Key.examples)) == examples.identity else {
            throw PithError(
                .invalidArgument, "the checkpoint was trained on other examples", advice: "name the same data again")
        }
        let parameters = try graph.initializers.map { id throws(PithError) in
            try file.float32(graph[id].name, try graph[id].type.shape())
        }
        try self.init(graph: graph, settings: settings, examples: examples, parameters: parameters)
        stepsTaken = try metadata.count(Key.step)
        guard stepsTaken <= totalSteps else {
            throw PithError(.malformed, "the checkpoint is at step \(stepsTaken) of \(totalSteps)")
        }
        for index in parameters.indices {
            let names = optimizer.kind.stateNames.map { stateName(index, $0) }
            guard names.contains(where: { file.tensor(named: $0) != nil }) else { continue }
            optimizer.state[index] = try names.map { name throws(PithError) in
                try file.float32(name, parameters[index].shape)
            }
        }
        optimizer.steps = stepsTaken
        shuffleStart = UInt64(bitPattern: try metadata.int(Key.shuffle))
        shuffle = RandomStream(seed: shuffle.seed, stream: shuffle.stream, position: shuffleStart)
        dropout = RandomStream(
            seed: dropout.seed, stream: dropout.stream, position: UInt64(bitPattern: try metadata.int(Key.dropout)))
    }

    private func stateName(_ index: Int, _ state: String) -> String {
        "optimizer/\(graph[graph.initializers[index]].name)/\(state)"
    }

    private func stored(_ name: String, _ tensor: Tensor) throws(PithError) -> StoredTensor {
        try StoredTensor(name: name, elementType: .float32, shape: tensor.shape, bytes: tensor.bytes)
    }
}

extension ModelFile {
    fileprivate func float32(_ name: String, _ shape: Shape) throws(PithError) -> Tensor {
        guard let stored = tensor(named: name), stored.shape == shape else {
            throw PithError(.malformed, "a tensor of shape \(shape) is missing", at: .tensor(name))
        }
        return try Tensor(bytes: stored.bytes, elementType: stored.elementType, shape: shape).converted(to: .float32)
    }
}

extension Metadata {
    private static func missing(_ key: String) -> PithError {
        PithError(
            .malformed, "the checkpoint does not say '\(key)', or not as it should",
            advice: "resume a checkpoint that mnist-train wrote")
    }

    fileprivate func int(_ key: String) throws(PithError) -> Int64 {
        guard case .int(let value) = self[key] else { throw Self.missing(key) }
        return value
    }

    fileprivate func count(_ key: String) throws(PithError) -> Int {
        let value = try int(key)
        guard value >= 0, value <= Int64(Int32.max) else { throw Self.missing(key) }
        return Int(value)
    }

    fileprivate func float(_ key: String) throws(PithError) -> Double {
        guard case .float(let value) = self[key] else { throw Self.missing(key) }
        return value
    }

    fileprivate func string(_ key: String) throws(PithError) -> String {
        guard case .string(let value) = self[key] else { throw Self.missing(key) }
        return value
    }

    fileprivate func choice<Value: RawRepresentable<String>>(_ key: String) throws(PithError) -> Value {
        guard let value = Value(rawValue: try string(key)) else { throw Self.missing(key) }
        return value
    }
}
