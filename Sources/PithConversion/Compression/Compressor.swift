import Pith
public import PithFormat
public import PithGraph
import PithMath

/// Makes a model or weights smaller after training, by steps that lose precision, and says what each tensor lost.
///
///     let compressor = Compressor(WeightRules(WeightRecipe(precision: .palette(16))))
///     let result = try compressor.compress(ModelFile.read(from: "digits.pith"))
///     try result.file.write(to: "small.pith", compressor.options)
///
/// Only float32, float16 and bfloat16 tensors change, and only where the graph computes with float32.
public struct Compressor: Sendable {
    /// What is done to which tensor.
    public var rules: WeightRules

    /// The most bytes that the file may have; the recipes of matrices and kernels that the rules leave alone are then
    /// chosen to lose the least. nil for no bound.
    public var targetBytes: Int?

    /// What rounding is chosen by, so that outputs change less than with the nearest level for each weight; nil for that.
    public var calibration: Examples?

    /// How the result will be written.
    public var options = EncodingOptions(level: .thorough)

    /// Creates a compressor.
    public init(_ rules: WeightRules) { self.rules = rules }

    /// Follows the rules.
    ///
    /// - Returns: The contents of the smaller file: what it gives for the inputs of its test vectors is computed again,
    ///   an accuracy that the source was measured to have is gone, and `provenance.steps` tells what was done.
    /// - Throws: `wrongRole` for a checkpoint, `invalidArgument` for a pattern that fits no tensor or an element that is
    ///   not finite, and errors of running the model.
    /// - Complexity: O(n log n) in the number of elements, and twice the running of the test vectors.
    public func compress(_ source: ModelFile) throws(PithError) -> Compression {
        guard let targetBytes else { return try assemble(source, calibrated(source, parts(source))) }
        // Other rounding is other bytes: the search aims lower until the file as it is written fits.
        let search = try search(source)
        var aim = targetBytes
        while true {
            let result = try assemble(source, calibrated(source, parts(source, toBytes: aim, of: search)))
            let over = try result.file.encoded(options).count - targetBytes
            if over <= 0 { return result }
            aim -= over
        }
    }

    /// What the rules make of the tensors that they are for.
    func parts(_ source: ModelFile) throws(PithError) -> [Part] {
        try rules.checkUse(source.tensors.map { $0.name })
        var parts: [Part] = []
        for tensor in try compressible(source) {
            let recipe = rules.recipe(for: tensor.name, rank: tensor.shape.rank)
            guard !recipe.isLossless else { continue }
            let result = try tensor.compress(recipe, options)
            parts.append(Part(name: tensor.name, recipe: recipe, tensor: result.tensor, stored: result.stored))
        }
        return parts
    }

    /// A tensor that was compressed.
    struct Part {
        let name: String
        let recipe: WeightRecipe
        var tensor: CompressedTensor
        var stored: StoredTensor
    }

    /// A tensor that may be compressed.
    struct Candidate {
        let name: String
        /// The elements, decoded.
        let tensor: Tensor
        let channelAxis: Int

        var shape: Shape { tensor.shape }

        func compress(
            _ recipe: WeightRecipe, _ options: EncodingOptions
        ) throws(PithError) -> (tensor: CompressedTensor, stored: StoredTensor, bytes: Int) {
            try TensorCompressor(channelAxis: channelAxis, options: options).compress(tensor, name, recipe)
        }
    }

    /// The tensors that may be compressed, decoded.
    func compressible(_ source: ModelFile) throws(PithError) -> [Candidate] {
        guard source.role != .checkpoint else {
            throw PithError(
                .wrongRole, "a checkpoint is what training goes on from",
                advice: "turn it into a model with 'pith convert' and compress that")
        }
        let uses = source.graph.map { WeightUse.all($0) } ?? [:]
        var narrow: Set<String> = []
        for id in source.graph?.initializers ?? [] {
            if let graph = source.graph, graph[id].type.elementType != .float32 { narrow.insert(graph[id].name) }
        }
        var result: [Candidate] = []
        for stored in source.tensors where stored.foreign == nil && !narrow.contains(stored.name) {
            guard [.float32, .float16, .bfloat16].contains(stored.elementType), stored.shape.elementCount > 0 else {
                continue
            }
            let tensor = try Tensor(stored)
            result.append(
                Candidate(name: stored.name, tensor: tensor, channelAxis: uses[stored.name]?.channelAxis ?? 0))
        }
        return result
    }

    /// The whole result.
    private func assemble(_ source: ModelFile, _ parts: [Part]) throws(PithError) -> Compression {
        var errors: [String: WeightError] = [:]
        for part in parts {
            guard let before = source.tensor(named: part.name) else { continue }
            let weights = try Tensor(before)
            errors[part.name] = WeightError(weights.floats, part.tensor.values)
        }
        return Compression(file: try contents(source, parts), errors: errors)
    }

    /// What the smaller file holds.
    func contents(_ source: ModelFile, _ parts: [Part]) throws(PithError) -> ModelFile {
        var file = source
        var positions: [String: Int] = [:]
        for (position, tensor) in source.tensors.enumerated() { positions[tensor.name] = position }
        for part in parts {
            guard let position = positions[part.name] else { continue }
            file.tensors[position] = part.stored
        }
        if !parts.isEmpty {
            file.metadata[Metadata.accuracy] = nil
            var steps = Self.steps(parts)
            if case .strings(let earlier)? = source.metadata[Metadata.steps] { steps = earlier + steps }
            file.metadata[Metadata.steps] = .strings(steps)
        }
        file.metadata[Metadata.tool] = .string("pith \(PithVersion.package)")
        if !source.testVectors.isEmpty { file.testVectors = try recomputed(file) }
        return file
    }

    /// What was done, each recipe once.
    private static func steps(_ parts: [Part]) -> [String] {
        var recipes: [(recipe: WeightRecipe, count: Int)] = []
        for part in parts {
            if let place = recipes.firstIndex(where: { $0.recipe == part.recipe }) {
                recipes[place].count += 1
            } else {
                recipes.append((part.recipe, 1))
            }
        }
        return recipes.map { "\($0.recipe) of \($0.count) tensor\($0.count == 1 ? "" : "s")" }
    }

    /// The test vectors' inputs with what the smaller model gives for them.
    private func recomputed(_ file: ModelFile) throws(PithError) -> [TestVector] {
        var session = try Model(file).makeSession()
        var vectors: [TestVector] = []
        for vector in file.testVectors {
            let outputs = try session.run(vector)
            vectors.append(
                TestVector(inputs: vector.inputs, outputs: try outputs.map(StoredTensor.init(unnamed:))))
        }
        return vectors
    }
}
