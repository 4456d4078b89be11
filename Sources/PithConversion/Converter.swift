import Pith
public import PithFormat
public import PithGraph
import PithMath

/// Turns a training checkpoint into a model file: drops what only training needs, stores the weights as asked, and adds
/// test vectors computed from the final graph.
public struct Converter: Sendable {
    /// How weights are stored.
    public var elementType: ElementType

    /// How many input/output pairs travel with the model.
    public var testVectorCount: Int

    /// What else was asked for.
    public var options = ConversionOptions()

    /// Creates a converter.
    ///
    /// - Parameter elementType: float32, bfloat16 or float16; the narrower ones lose precision, to nearest even.
    /// - Throws: `invalidArgument` for another type.
    public init(elementType: ElementType = .float32, testVectorCount: Int = 3) throws(PithError) {
        guard [.float32, .bfloat16, .float16].contains(elementType), testVectorCount >= 0 else {
            throw PithError(.invalidArgument, "weights are stored as f32, bf16 or f16")
        }
        self.elementType = elementType
        self.testVectorCount = testVectorCount
    }

    /// Converts the bytes of a checkpoint.
    ///
    /// - Throws: As `convert(_:)` of a file.
    public func convert(_ bytes: [UInt8]) throws(PithError) -> ModelFile { try convert(SourceFile(bytes: bytes)) }

    /// Converts a file, told apart by its content.
    ///
    /// - Throws: `wrongKind` for a file that is none of those that are converted, `wrongRole` for a `.pith` file
    ///   without a graph, and errors of reading.
    public func convert(_ file: SourceFile) throws(PithError) -> ModelFile {
        let kind = SourceKind(of: try file.prefix(SourceKind.lookedAt))
        if kind == .pith || file.count == 0 { return try convert(ModelFile.decode(file.all())) }
        let weights = try SourceWeights.read(file, key: options.key).withoutWrapperPrefixes()
        guard options.isWeightsOnly else {
            throw PithError(
                .wrongRole, "\(kind.name) has weights without a graph", at: .file(file.path),
                advice: "take the weights alone with --weights-only")
        }
        return try weightsAlone(weights)
    }

    private func weightsAlone(_ weights: SourceWeights) throws(PithError) -> ModelFile {
        if let omitted = weights.omitted.first { throw omitted }
        var file = ModelFile(role: .weights)
        for tensor in weights.tensors { file.tensors.append(try narrowed(tensor.stored())) }
        file.metadata[Metadata.tool] = .string("pith \(PithVersion.package)")
        return file
    }

    /// A float tensor in the type that weights are stored in, another as it is.
    private func narrowed(_ tensor: StoredTensor) throws(PithError) -> StoredTensor {
        guard tensor.elementType == .float32, elementType != .float32 else { return tensor }
        let converted = try Tensor(bytes: tensor.bytes, elementType: tensor.elementType, shape: tensor.shape)
            .converted(to: elementType)
        return try StoredTensor(
            name: tensor.name, elementType: elementType, shape: tensor.shape, bytes: converted.bytes)
    }

    /// Converts a decoded checkpoint or model.
    public func convert(_ source: ModelFile) throws(PithError) -> ModelFile {
        guard let graph = try source.graph?.preparedForInference() else {
            throw PithError(.wrongRole, "a file of weights has no graph to convert")
        }
        var tensors: [StoredTensor] = []
        for id in graph.initializers {
            tensors.append(try stored(graph[id], source.tensor(named: graph[id].name)))
        }
        var file = ModelFile(role: .model, graph: graph, tensors: tensors, metadata: metadata(of: source))
        file.testVectors = try testVectors(Model(file))
        return file
    }

    private func stored(_ value: Graph.Value, _ source: StoredTensor?) throws(PithError) -> StoredTensor {
        guard let source else { throw PithError(.invalidGraph, "the weights are missing", at: .tensor(value.name)) }
        guard value.type.elementType == .float32 else { return source }
        let tensor = try Tensor(bytes: source.bytes, elementType: source.elementType, shape: source.shape)
        return try StoredTensor(
            name: value.name, elementType: elementType, shape: source.shape,
            bytes: tensor.converted(to: elementType).bytes)
    }

    private func metadata(of source: ModelFile) -> Metadata {
        var metadata = Metadata()
        for entry in source.metadata.entries where !entry.key.hasPrefix("training.") {
            metadata[entry.key] = entry.value
        }
        metadata[Metadata.tool] = .string("pith \(PithVersion.package)")
        if elementType != .float32 { metadata[Metadata.steps] = .strings(["dtype \(elementType.shortName)"]) }
        return metadata
    }

    /// Inputs that are mostly zeros, as pictures of digits are, so that they take little room: a few runs of grey.
    private func testVectors(_ model: Model) throws(PithError) -> [TestVector] {
        var session = try model.makeSession()
        var vectors: [TestVector] = []
        for number in 0..<testVectorCount {
            var inputs: [Tensor] = []
            for value in model.inputs {
                guard value.type.elementType == .float32 else { return [] }
                let shape = try Shape(checking: value.type.dimensions.map { $0.extent ?? 1 })
                var random = RandomStream(seed: UInt64(number), name: "test vector " + value.name)
                var floats = [Float](repeating: 0, count: shape.elementCount)
                for _ in 0..<(floats.isEmpty ? 0 : 8) {
                    let start = random.next(below: floats.count)
                    let grey = Float(1 + random.next(below: 255)) / 255
                    for index in start..<min(start + 6, floats.count) { floats[index] = grey }
                }
                inputs.append(Tensor(floats, shape: shape))
            }
            let outputs = try session.run(inputs)
            vectors.append(TestVector(inputs: try inputs.map(unnamed), outputs: try outputs.map(unnamed)))
        }
        return vectors
    }

    private func unnamed(_ tensor: Tensor) throws(PithError) -> StoredTensor {
        try StoredTensor(name: "", elementType: tensor.elementType, shape: tensor.shape, bytes: tensor.bytes)
    }
}
