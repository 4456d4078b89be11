import Pith
public import PithFormat
public import PithGraph
import PithMath

/// Turns a checkpoint or another framework's file into a model file: drops what only training needs, stores the weights
/// as asked, and adds test vectors computed from the final graph.
///
///     let converter = try Converter(elementType: .bfloat16)
///     let file = try converter.convert(SourceFile(path: "network.onnx"))
public struct Converter: Sendable {
    /// How weights are stored; nil keeps those of weights alone as they are, and is float32 for a model's.
    public var elementType: ElementType?

    /// How many input/output pairs travel with the model.
    public var testVectorCount: Int

    /// What else was asked for.
    public var options = ConversionOptions()

    /// Creates a converter.
    ///
    /// - Parameters:
    ///   - elementType: float32, bfloat16 or float16; the narrower ones lose precision, to nearest even.
    ///   - testVectorCount: How many input/output pairs travel with the model.
    /// - Throws: `invalidArgument` for another type.
    public init(elementType: ElementType? = nil, testVectorCount: Int = 3) throws(PithError) {
        guard [nil, .float32, .bfloat16, .float16].contains(elementType), testVectorCount >= 0 else {
            throw PithError(.invalidArgument, "weights are stored as f32, bf16 or f16")
        }
        self.elementType = elementType
        self.testVectorCount = testVectorCount
    }

    /// Converts the bytes of a file.
    ///
    /// - Throws: As `convert(_:)` of a file.
    public func convert(_ bytes: [UInt8]) throws(PithError) -> ModelFile { try convert(SourceFile(bytes: bytes)) }

    /// Converts a file, told apart by its content.
    ///
    /// - Throws: `wrongKind` for a file that is none of those that are converted, `unsupportedOperation` with all that
    ///   stands in the way, and errors of reading.
    public func convert(_ file: SourceFile) throws(PithError) -> ModelFile {
        let conversion = try attempt(file)
        guard let result = try conversion.file?.inMemory() else {
            throw (conversion.failure ?? ConversionFailure(problems: [])).pithError.located(in: file.place)
        }
        return result
    }

    /// Converts a decoded checkpoint or model.
    public func convert(_ source: ModelFile) throws(PithError) -> ModelFile {
        guard let file = try attempt(source, place: PithError.Location()).file?.inMemory() else {
            throw PithError(.invalidGraph, "the model cannot be converted")
        }
        return file
    }

    /// Converts a file as far as it can be, and says what stands in the way.
    ///
    /// - Throws: Errors of reading, and of what was asked for.
    public func attempt(_ file: SourceFile) throws(PithError) -> Conversion {
        let kind = SourceKind(of: try file.prefix(SourceKind.lookedAt))
        if file.count > 0 { try options.check(for: kind) }
        switch kind {
        case .pith:
            let reader = try ModelReader(
                ByteSource(count: file.count) { range throws(PithError) in try file.bytes(range) })
            return try attempt(reader, place: file.place)
        case .onnx: return try attemptONNX(file)
        default:
            guard file.count > 0 else { throw PithError(.truncated, "the file is empty", at: file.place) }
            let weights = try SourceWeights.read(file, key: options.key).withoutWrapperPrefixes()
            return try attempt(renamed(weights), file)
        }
    }

    private func attempt(_ reader: ModelReader, place: PithError.Location) throws(PithError) -> Conversion {
        var tensors: [SourceTensor] = []
        for (number, tensor) in reader.summary.tensors.prefix(while: { !$0.name.isEmpty }).enumerated() {
            tensors.append(
                SourceTensor(
                    name: tensor.name, elementType: tensor.elementType, shape: tensor.shape,
                    .whole { () throws(PithError) in try reader.tensor(number).bytes }))
        }
        return try attempt(reader.graph, reader.metadata, tensors, place: place)
    }

    private func attempt(_ source: ModelFile, place: PithError.Location) throws(PithError) -> Conversion {
        let tensors = source.tensors.map { tensor in
            SourceTensor(
                name: tensor.name, elementType: tensor.elementType, shape: tensor.shape,
                .whole { () throws(PithError) in tensor.bytes })
        }
        return try attempt(source.graph, source.metadata, tensors, place: place)
    }

    /// Converts what a `.pith` file holds.
    private func attempt(
        _ graph: Graph?, _ given: Metadata, _ all: [SourceTensor], place: PithError.Location
    ) throws(PithError) -> Conversion {
        var tensors = all
        if options.takesAverage {
            let prefix = "average/"
            let averaged = tensors.filter { $0.name.hasPrefix(prefix) }
            guard !averaged.isEmpty else {
                throw PithError(
                    .invalidArgument, "the checkpoint has no moving average", at: place,
                    advice: "take its last weights, without --weights ema")
            }
            tensors = averaged
            for index in tensors.indices { tensors[index].name.removeFirst(prefix.count) }
        }
        var metadata = Metadata()
        for entry in given.entries where !entry.key.hasPrefix("training.") {
            metadata[entry.key] = entry.value
        }
        guard let graph, !options.isWeightsOnly else {
            guard options.isWeightsOnly || options.graph != nil else {
                throw PithError(.wrongRole, "a file of weights has no graph to convert", at: place)
            }
            let named = tensors.filter { !$0.name.contains("/") }
            return try attempt(renamed(SourceWeights(named)), nil)
        }
        return try assemble(graph, tensors, metadata, nil)
    }

    private func attemptONNX(_ file: SourceFile) throws(PithError) -> Conversion {
        #if Conversion
            if options.isWeightsOnly { return try attempt(renamed(ONNXFile.weights(file)), file) }
            let contents = try ONNXFile.read(file, options)
            guard contents.problems.isEmpty else { return Conversion(problems: contents.problems) }
            return try assemble(contents.graph, contents.tensors, Metadata(), file)
        #else
            throw PithError(
                .unsupportedFeature, "an ONNX model, which this build does not read", at: file.place,
                advice: "build Pith with the trait Conversion")
        #endif
    }

    private func renamed(_ weights: SourceWeights) throws(PithError) -> SourceWeights {
        guard !options.names.isEmpty else { return weights }
        var weights = weights
        for index in weights.tensors.indices {
            weights.tensors[index].name = options.names.newName(of: weights.tensors[index].name)
        }
        return try weights.checked(sourceBytes: .max >> 8)
    }
}
