import Pith
import PithFormat
import PithGraph
import PithIdentity
import PithMath

/// From a graph and its tensors to a model that has been run.
extension Converter {
    /// The model of a graph, its initializers' elements taken from a source.
    func assemble(
        _ graph: Graph, _ tensors: [SourceTensor], _ metadata: Metadata, _ source: SourceFile?
    ) throws(PithError) -> Conversion {
        var conversion = Conversion()
        var graph = try graph.preparedForInference()
        var tensors = tensors
        var folding: Model?
        if options.foldsBatchNormalization {
            let folded = try BatchNormalizationFolding.apply(graph, tensors)
            let after = try model(folded.graph, folded.tensors)
            let difference = try greatestDifference(model(graph, tensors), after)
            folding = after
            conversion.steps.append(
                "fold-batchnorm: \(folded.count) nodes, outputs differ by \(difference) of the largest at most")
            (graph, tensors) = (folded.graph, folded.tensors)
        }
        var file = ModelFile(role: .model, graph: graph)
        file.metadata = try described(metadata, graph: graph, source, &conversion.steps)
        if testVectorCount > 0 {
            if folding == nil { folding = try model(graph, tensors) }
            if let folding { file.testVectors = try testVectors(folding) }
        }
        conversion.file = ConvertedFile(file, try converted(graph, tensors))
        return conversion
    }

    /// A model to run, without metadata and test vectors.
    private func model(_ graph: Graph, _ tensors: [SourceTensor]) throws(PithError) -> Model {
        var file = ModelFile(role: .model, graph: graph)
        for tensor in try converted(graph, tensors) { file.tensors.append(try tensor.stored()) }
        return try Model(file)
    }

    /// The graph's initializers as they are stored.
    private func converted(_ graph: Graph, _ tensors: [SourceTensor]) throws(PithError) -> [ConvertedTensor] {
        var positions: [String: Int] = [:]
        for (position, tensor) in tensors.enumerated() { positions[tensor.name] = position }
        var result: [ConvertedTensor] = []
        for id in graph.initializers {
            let value = graph[id]
            guard let position = positions[value.name] else {
                throw PithError(.invalidGraph, "the weights are missing", at: .tensor(value.name))
            }
            result.append(try converted(tensors[position], for: value.type.elementType))
        }
        return result
    }

    /// How far two models' outputs for the same inputs are apart, over the greatest output.
    private func greatestDifference(_ before: Model, _ after: Model) throws(PithError) -> Float {
        let expected = try testVectors(before, atLeast: 1)
        var session = try after.makeSession()
        var (difference, greatest) = (Float(0), Float.leastNormalMagnitude)
        for vector in expected {
            let outputs = try session.run(vector)
            for (output, want) in zip(outputs, vector.outputs) where output.elementType == .float32 {
                let floats = try Tensor(want).floats
                for (got, want) in zip(output.floats, floats) {
                    difference = max(difference, abs(got - want))
                    greatest = max(greatest, abs(want))
                }
            }
        }
        return difference / greatest
    }

    /// The elements of an initializer: float32 as asked, or as narrow as the source has them; others as the graph says.
    private func converted(_ tensor: SourceTensor, for type: ElementType) throws(PithError) -> ConvertedTensor {
        guard type == .float32 else {
            guard tensor.elementType == type || type.isFloatingPoint && tensor.elementType.isFloatingPoint else {
                throw PithError(
                    .typeMismatch, "the source has \(tensor.elementType.name), the graph says \(type.name)",
                    at: .tensor(tensor.name))
            }
            return ConvertedTensor(tensor, as: type)
        }
        let isNarrow = [.float16, .bfloat16].contains(tensor.elementType)
        return ConvertedTensor(tensor, as: elementType ?? (isNarrow ? tensor.elementType : .float32))
    }

    /// The metadata of the result.
    func described(
        _ metadata: Metadata, graph: Graph?, _ source: SourceFile?, _ steps: inout [String]
    ) throws(PithError) -> Metadata {
        var metadata = metadata
        metadata[Metadata.tool] = .string("pith \(PithVersion.package)")
        // What an earlier conversion said of its source and options is not true of this one.
        metadata[Metadata.provenanceSource] = nil
        if let source {
            let digest =
                source.isInMemory ? SHA256Digest(of: try source.all()) : try SHA256Digest(ofFile: source.path)
            metadata[Metadata.provenanceSource] = .string(digest.description)
        }
        let commandLine = options.commandLine.joined(separator: " ")
        metadata[Metadata.provenanceOptions] = commandLine.isEmpty ? nil : .string(commandLine)
        if let elementType, elementType != .float32 { steps.append("dtype \(elementType.shortName)") }
        if !steps.isEmpty {
            var earlier: [String] = []
            if case .strings(let texts)? = metadata[Metadata.steps] { earlier = texts }
            metadata[Metadata.steps] = .strings(earlier + steps)
        }
        if let mean = options.mean { metadata[Metadata.inputMean] = .floats(mean) }
        if let deviation = options.standardDeviation { metadata[Metadata.inputStandardDeviation] = .floats(deviation) }
        guard let graph else { return metadata }
        if metadata[Metadata.inputShape] == nil, let input = graph.inputs.first, graph.inputs.count == 1 {
            let extents = graph[input].type.dimensions.dropFirst().compactMap { $0.extent }
            if extents.count == graph[input].type.rank - 1, !extents.isEmpty {
                metadata[Metadata.inputShape] = .floats(extents.map { Double($0) })
            }
        }
        // What a file says of itself counts for more than its last operator.
        let told = metadata[Metadata.outputKind] == nil ? graph.outputKind : nil
        if let kind = options.outputKind ?? told {
            metadata[Metadata.outputKind] = .string(kind.name)
        }
        return metadata
    }

    /// Extents tried for dimensions that the graph leaves open, until the model runs.
    private static let triedExtents = [1, 8, 32, 64, 128, 224, 512, 576, 16000]

    /// Inputs and what the model gives for them, for `pith verify`.
    private func testVectors(_ model: Model, atLeast least: Int = 0) throws(PithError) -> [TestVector] {
        let count = max(testVectorCount, least)
        guard count > 0 else { return [] }
        var session = try model.makeSession()
        let isOpen = model.inputs.contains { $0.type.dimensions.contains { $0.extent == nil } }
        var failure: PithError?
        for extent in isOpen ? Self.triedExtents : [1] {
            do throws(PithError) {
                var vectors: [TestVector] = []
                for number in 0..<count {
                    let inputs = try Self.inputs(model, number: number, openExtent: extent)
                    let outputs = try session.run(inputs)
                    vectors.append(
                        TestVector(
                            inputs: try inputs.map(StoredTensor.init(unnamed:)),
                            outputs: try outputs.map(StoredTensor.init(unnamed:))))
                }
                return vectors
            } catch  where error.code == .shapeMismatch && isOpen {
                failure = failure ?? error
            }
        }
        throw failure ?? PithError(.invalidGraph, "the model cannot be run")
    }

    /// Elements that an input of a test vector may have.
    private static let testInputLimit = 1 << 25

    /// Inputs that are mostly zeros, as pictures of digits are, so that they take little room: a few runs of grey.
    private static func inputs(_ model: Model, number: Int, openExtent: Int) throws(PithError) -> [Tensor] {
        var inputs: [Tensor] = []
        for value in model.inputs {
            var isFirst = true
            var extents: [Int] = []
            for dimension in value.type.dimensions {
                extents.append(dimension.extent ?? (isFirst && value.type.rank > 1 ? 1 : openExtent))
                isFirst = false
            }
            let shape = try Shape(checking: extents)
            guard shape.elementCount <= testInputLimit else {
                throw PithError(
                    .limitExceeded, "an input of \(shape) is too large for a test vector", at: .tensor(value.name),
                    advice: "ask for no test vectors, or give the input's shape")
            }
            var random = RandomStream(seed: UInt64(number), name: "test vector " + value.name)
            var floats = [Float](repeating: 0, count: shape.elementCount)
            for _ in 0..<(floats.isEmpty ? 0 : 8) {
                let start = random.next(below: floats.count)
                let grey = Float(1 + random.next(below: 255)) / 255
                for index in start..<min(start + 6, floats.count) { floats[index] = grey }
            }
            inputs.append(try tensor(floats, value.type.elementType, shape))
        }
        return inputs
    }

    /// Numbers of 0...1 as elements of a type; whole numbers are 0 or 1, which indices can be.
    private static func tensor(_ floats: [Float], _ type: ElementType, _ shape: Shape) throws(PithError) -> Tensor {
        if type.isFloatingPoint, type.byteCount <= 4, type.byteCount > 1 {
            return try Tensor(floats, shape: shape).converted(to: type)
        }
        var bytes: [UInt8] = []
        for float in floats {
            var word = float > 0.5 ? UInt64(1) : 0
            if type == .float64 { word = Double(float).bitPattern }
            for byte in 0..<type.byteCount { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * byte))) }
        }
        return try Tensor(bytes: bytes, elementType: type, shape: shape)
    }
}
