public import PithFormat
public import PithGraph
public import PithMath

/// A trained classifier whose answers another one learns.
public struct Teacher: Sendable {
    private let graph: Graph
    private let objective: ClassifierObjective
    private let parameters: [Tensor]
    /// A model file of graph and weights alone.
    let encoded: [UInt8]

    /// Takes a classifier with its weights.
    ///
    /// - Parameter file: A model or checkpoint with one input [batch, …].
    /// - Throws: `wrongRole` for a file without a graph, `invalidGraph`, `typeMismatch`.
    public init(_ file: ModelFile) throws(PithError) {
        guard let graph = file.graph else {
            throw PithError(.wrongRole, "a file of weights has no graph", advice: "name a model or checkpoint")
        }
        self.graph = graph
        guard graph.inputs.count == 1 else { throw PithError(.invalidGraph, "a classifier has one input") }
        objective = try ClassifierObjective(graph)
        var parameters: [Tensor] = []
        var own = ModelFile(role: .model, graph: graph)
        for id in graph.initializers {
            guard let stored = file.tensor(named: graph[id].name) else {
                throw PithError(.malformed, "the weights are missing", at: .tensor(graph[id].name))
            }
            own.tensors.append(stored)
            let tensor = try Tensor(bytes: stored.bytes, elementType: stored.elementType, shape: stored.shape)
            let isFloat = graph[id].type.elementType == .float32
            parameters.append(isFloat ? try tensor.converted(to: .float32) : tensor)
        }
        self.parameters = parameters
        encoded = try own.encoded()
    }

    /// Reads what `encoded` made.
    init(_ bytes: [UInt8]) throws(PithError) { try self.init(ModelFile.decode(bytes)) }

    /// The number of classes.
    public var classes: Int { objective.classes }

    /// Logits or log-probabilities for a batch, [rows, classes].
    ///
    /// - Throws: `shapeMismatch` and what running the graph throws.
    public func scores(of batch: Tensor, on compute: Compute) throws(PithError) -> Tensor {
        let extents = graph[graph.inputs[0]].type.dimensions.dropFirst().map { $0.extent ?? 1 }
        let input = try batch.reshaped(to: Shape(checking: [batch.shape[0]] + extents))
        let value = try Tape(on: compute).run(
            graph, to: objective.value, inputs: [Variable(input)], initializers: parameters.map { Variable($0) })
        return try objective.scores(of: value.value, on: compute)
    }
}
