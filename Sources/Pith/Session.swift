public import PithGraph
public import PithMath

/// Runs a model. A session belongs to one thread at a time; make one for each.
public struct Session: Sendable {
    /// The model.
    public let model: Model

    private let compute: Compute

    /// The shapes of all values for the inputs' shapes of the last run.
    private var bound: (inputs: [Shape], values: [Shape])?

    /// For each node, the values that no later node takes.
    private let ending: [[Int]]

    init(_ model: Model, _ compute: Compute) {
        self.model = model
        self.compute = compute
        var lastUse: [Int: Int] = [:]
        for (index, node) in model.graph.nodes.enumerated() {
            for case let id? in node.inputs { lastUse[id.index] = index }
        }
        for id in model.graph.outputs { lastUse[id.index] = nil }
        var ending = [[Int]](repeating: [], count: model.graph.nodes.count)
        for (value, node) in lastUse { ending[node].append(value) }
        self.ending = ending
    }

    /// Runs a model that has one input and one output.
    ///
    /// - Parameter input: Of the type and shape that `model.inputs` says.
    /// - Returns: The output.
    /// - Throws: `shapeMismatch` or `typeMismatch` naming what was expected and what was given; `invalidArgument` for a
    ///   model with several inputs or outputs.
    public mutating func run(_ input: Tensor) throws(PithError) -> Tensor {
        guard model.graph.inputs.count == 1, model.graph.outputs.count == 1 else {
            throw PithError(
                .invalidArgument,
                "the model has \(model.graph.inputs.count) inputs and \(model.graph.outputs.count) outputs",
                advice: "call run with an array")
        }
        return try run([input])[0]
    }

    /// Runs the model.
    ///
    /// - Parameter inputs: In the order of `model.inputs`.
    /// - Returns: The outputs in the order of `model.outputs`.
    /// - Throws: `shapeMismatch` or `typeMismatch` naming what was expected and what was given, errors of operators
    ///   located at their node.
    public mutating func run(_ inputs: [Tensor]) throws(PithError) -> [Tensor] {
        let graph = model.graph
        let shapes = try bind(inputs)
        var values = model.weights
        for (id, input) in zip(graph.inputs, inputs) { values[id.index] = input }
        for (index, node) in graph.nodes.enumerated() {
            do throws(PithError) {
                let outputs = try Execution.apply(
                    node.op, node.attributes, node.inputs.map { id in id.flatMap { values[$0.index] } }, on: compute,
                    packed: model.packed[index], outputShapes: node.outputs.map { shapes[$0.index] })
                for (id, output) in zip(node.outputs, outputs) { values[id.index] = output }
            } catch {
                throw error.located(in: .node(graph.displayName(ofNode: index)))
            }
            for value in ending[index] { values[value] = nil }
        }
        var outputs: [Tensor] = []
        for id in graph.outputs {
            guard let output = values[id.index] else {
                throw PithError(.invalidGraph, "the output was not computed", at: .tensor(graph[id].name))
            }
            outputs.append(output)
        }
        return outputs
    }

    private mutating func bind(_ inputs: [Tensor]) throws(PithError) -> [Shape] {
        let shapes = inputs.map { $0.shape }
        for (id, input) in zip(model.graph.inputs, inputs) {
            let value = model.graph[id]
            guard value.type.elementType == input.elementType else {
                throw PithError(.typeMismatch, "expected \(value.type), given \(input)", at: .tensor(value.name))
            }
        }
        if let bound, bound.inputs == shapes { return bound.values }
        let values = try model.graph.shapes(forInputs: shapes)
        bound = (shapes, values)
        return values
    }
}
