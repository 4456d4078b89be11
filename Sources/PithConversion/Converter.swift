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

    /// How many input/output pairs travel with the model; one that is below 0 counts as none.
    public var testVectorCount: Int

    /// How many there are where nothing else is asked for.
    public static let usualTestVectorCount = 3

    /// How many such pairs may be asked for.
    public static let testVectorCounts = 0...1000

    /// What else was asked for.
    public var options = ConversionOptions()

    /// Creates a converter.
    ///
    /// - Parameters:
    ///   - elementType: float32, bfloat16 or float16; the narrower ones lose precision, to nearest even.
    ///   - testVectorCount: How many input/output pairs travel with the model: one of `testVectorCounts`.
    /// - Throws: `invalidArgument` for another type or number.
    public init(
        elementType: ElementType? = nil, testVectorCount: Int = Converter.usualTestVectorCount
    ) throws(PithError) {
        guard [nil, .float32, .bfloat16, .float16].contains(elementType) else {
            throw PithError(.invalidArgument, "weights are stored as f32, bf16 or f16")
        }
        guard Self.testVectorCounts.contains(testVectorCount) else {
            throw PithError(
                .invalidArgument, "\(testVectorCount) test vectors",
                advice: "ask for \(Self.testVectorCounts.lowerBound) to \(Self.testVectorCounts.upperBound)")
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

    /// Converts a decoded checkpoint or model. The result does not say what file it comes from.
    ///
    /// - Throws: `invalidArgument` for options that it has no use for, `wrongRole` for weights where neither a graph nor
    ///   weights alone were asked for, and errors of running the model for its test vectors.
    public func convert(_ source: ModelFile) throws(PithError) -> ModelFile {
        let conversion = try attempt(source)
        guard let file = try conversion.file?.inMemory() else {
            throw (conversion.failure ?? ConversionFailure(problems: [])).pithError
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
            return try attempt(reader, file)
        case .onnx: return try attemptONNX(file)
        default:
            guard file.count > 0 else { throw PithError(.truncated, "the file is empty", at: file.place) }
            let weights = try SourceWeights.read(file, key: options.key).withoutWrapperPrefixes()
            return try attempt(renamed(weights), file)
        }
    }

    private func attempt(_ reader: ModelReader, _ file: SourceFile) throws(PithError) -> Conversion {
        var tensors: [SourceTensor] = []
        for (number, tensor) in reader.summary.tensors.prefix(while: { !$0.name.isEmpty }).enumerated() {
            tensors.append(
                SourceTensor(
                    name: tensor.name, elementType: tensor.elementType, shape: tensor.shape,
                    .whole { () throws(PithError) in try reader.tensor(number).bytes }))
        }
        return try attempt(reader.graph, reader.metadata, tensors, file)
    }

    private func attempt(_ source: ModelFile) throws(PithError) -> Conversion {
        try options.check(for: .pith)
        let tensors = source.tensors.map { tensor in
            SourceTensor(
                name: tensor.name, elementType: tensor.elementType, shape: tensor.shape,
                .whole { () throws(PithError) in tensor.bytes })
        }
        return try attempt(source.graph, source.metadata, tensors, nil)
    }

    /// Converts what a `.pith` file holds.
    private func attempt(
        _ graph: Graph?, _ given: Metadata, _ all: [SourceTensor], _ file: SourceFile?
    ) throws(PithError) -> Conversion {
        if graph != nil { try options.checkForGraph(of: "a .pith file that has a graph") }
        var tensors = all
        if options.takesAverage {
            let prefix = "average/"
            let averaged = tensors.filter { $0.name.hasPrefix(prefix) }
            guard !averaged.isEmpty else {
                throw PithError(
                    .invalidArgument, "the checkpoint has no moving average",
                    at: file?.place ?? PithError.Location(), advice: "take its last weights")
            }
            tensors = averaged
            for index in tensors.indices { tensors[index].name.removeFirst(prefix.count) }
        }
        var metadata = Metadata()
        for entry in given.entries where !entry.key.hasPrefix("training.") {
            metadata[entry.key] = entry.value
        }
        guard let graph, !options.isWeightsOnly else {
            let named = tensors.filter { !$0.name.contains("/") }
            return try attempt(renamed(SourceWeights(named)), file)
        }
        return try assemble(graph, tensors, metadata, file)
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
        try options.names.checkUse(weights.tensors.map { $0.name })
        var weights = weights
        for index in weights.tensors.indices {
            weights.tensors[index].name = options.names.newName(of: weights.tensors[index].name)
        }
        return try weights.checked(sourceBytes: .max >> 8)
    }
}
