public import PithFormat
public import PithGraph
import PithMath

/// A checkpoint is a `.pith` file of role checkpoint: the graph, a tensor per initializer under its own name, the
/// optimizer's state as `optimizer/<name>/<state>`, the moving average as `average/<name>`, and what the training needs to
/// go on as `training.*` metadata.
extension Trainer {
    private enum Key {
        static let step = "training.step"
        static let shuffle = "training.random.shuffle"
        static let dropout = "training.random.dropout"
        static let examples = "training.examples"
    }

    /// The whole state of the training: equal states give equal bytes.
    ///
    /// - Throws: `nonFiniteLoss` where a step left a weight that is not finite, so that no good checkpoint is replaced by
    ///   a useless one; what building the file's parts throws.
    public func checkpoint() throws(PithError) -> ModelFile {
        try checkParameters()
        var tensors: [StoredTensor] = []
        for (id, tensor) in zip(graph.initializers, parameters) { tensors.append(try stored(graph[id].name, tensor)) }
        for (index, state) in optimizer.state.enumerated() {
            for (name, tensor) in zip(optimizer.kind.stateNames, state) {
                tensors.append(try stored(stateName(index, name), tensor))
            }
        }
        if let average {
            for (id, tensor) in zip(graph.initializers, average.values) {
                tensors.append(try stored(averageName(id), tensor))
            }
        }
        var metadata: Metadata = [
            Metadata.name: .string(settings.model),
            Metadata.inputShape: .floats([Double(examples.height), Double(examples.width)]),
            Metadata.inputMean: .floats([0]),
            Metadata.inputStandardDeviation: .floats([1]),
            Metadata.outputKind: .string(objective.outputKind.name),
            Metadata.labels: .strings((0..<objective.classes).map { "\($0)" }),
        ]
        settings.store(in: &metadata)
        metadata[Key.step] = .int(Int64(stepsTaken))
        metadata[Key.shuffle] = .int(Int64(bitPattern: shuffleStart))
        metadata[Key.dropout] = .int(Int64(bitPattern: dropout.position))
        metadata[Key.examples] = .int(Int64(bitPattern: identity))
        var file = ModelFile(role: .checkpoint, graph: graph, tensors: tensors, metadata: metadata, testVectors: [])
        try storeCompression(in: &file)
        return file
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
        let settings = try TrainingSettings(storedIn: metadata)
        guard UInt64(bitPattern: try metadata.int(Key.examples)) == examples.identity else {
            throw PithError(
                .invalidArgument, "the checkpoint was trained on other examples", advice: "name the same data again")
        }
        let parameters = try graph.initializers.map { id throws(PithError) in
            try file.parameter(graph[id].name, of: graph[id].type)
        }
        try self.init(
            graph: graph, settings: settings, examples: examples, parameters: parameters,
            teacher: Self.teacher(in: file))
        try restoreCompression(from: file)
        stepsTaken = try metadata.count(Key.step)
        guard stepsTaken <= totalSteps else {
            throw PithError(.malformed, "the checkpoint is at step \(stepsTaken) of \(totalSteps)")
        }
        for index in parameters.indices {
            let names = optimizer.kind.stateNames.map { stateName(index, $0) }
            guard names.contains(where: { file.tensor(named: $0) != nil }) else { continue }
            optimizer.state[index] = try names.map { name throws(PithError) in
                try file.parameter(name, of: ValueType(.float32, parameters[index].shape))
            }
        }
        optimizer.steps = stepsTaken
        if average != nil, stepsTaken > 0 {
            average?.values = try graph.initializers.map { id throws(PithError) in
                try file.parameter(averageName(id), of: graph[id].type)
            }
        }
        shuffleStart = UInt64(bitPattern: try metadata.int(Key.shuffle))
        shuffle = RandomStream(seed: shuffle.seed, stream: shuffle.stream, position: shuffleStart)
        dropout = RandomStream(
            seed: dropout.seed, stream: dropout.stream, position: UInt64(bitPattern: try metadata.int(Key.dropout)))
    }

    /// Starts a training with the graph and the weights of a model or checkpoint, whose settings, steps and optimizer
    /// state are left behind.
    ///
    /// - Parameters:
    ///   - file: A model, or a checkpoint.
    ///   - averaged: Whether a checkpoint's moving average is taken.
    ///   - settings: The settings.
    ///   - examples: What to learn from.
    /// - Throws: `wrongRole` for a file without a graph, `invalidArgument` when there is no average, and what
    ///   `init(graph:settings:examples:parameters:)` throws.
    public convenience init(
        startingFrom file: ModelFile, averaged: Bool = false, settings: TrainingSettings, examples: TrainingExamples
    ) throws(PithError) {
        guard let graph = file.graph else {
            throw PithError(.wrongRole, "a file of weights has no graph to train", advice: "name a model or checkpoint")
        }
        let parameters = try graph.initializers.map { id throws(PithError) in
            let name = averaged ? "average/" + graph[id].name : graph[id].name
            guard !averaged || file.tensor(named: name) != nil else {
                throw PithError(.invalidArgument, "the file has no moving average", advice: "take its last weights")
            }
            return try file.parameter(name, of: graph[id].type)
        }
        try self.init(graph: graph, settings: settings, examples: examples, parameters: parameters)
    }

    private func averageName(_ id: Graph.ValueID) -> String { "average/" + graph[id].name }

    private func stateName(_ index: Int, _ state: String) -> String {
        "optimizer/\(graph[graph.initializers[index]].name)/\(state)"
    }

    func stored(_ name: String, _ tensor: Tensor) throws(PithError) -> StoredTensor {
        try StoredTensor(name: name, elementType: tensor.elementType, shape: tensor.shape, bytes: tensor.bytes)
    }
}

extension ModelFile {
    /// A tensor as it is trained: floats as float32, anything else as it is.
    fileprivate func parameter(_ name: String, of type: ValueType) throws(PithError) -> Tensor {
        let shape = try type.shape()
        guard let stored = tensor(named: name), stored.shape == shape else {
            throw PithError(.malformed, "a tensor of shape \(shape) is missing", at: .tensor(name))
        }
        let tensor = try Tensor(bytes: stored.bytes, elementType: stored.elementType, shape: shape)
        return type.elementType.isFloatingPoint ? try tensor.converted(to: .float32) : tensor
    }
}
