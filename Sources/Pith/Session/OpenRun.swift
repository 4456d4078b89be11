import PithGraph
import PithMath

/// A run of a model where values decide the shapes of others: node by node, each by the kernel for the shapes that it
/// meets, with the weights and fusions of the plan. Values are gone after their last use.
struct OpenRun {
    private let model: Model
    private let compute: Compute
    private var values: [Tensor?]

    /// For each node that begins a step, the step.
    private var steps: [Int?]

    /// For each value, the last node that takes it.
    private var lastUse: [Int]

    init(_ model: Model, on compute: Compute) {
        self.model = model
        self.compute = compute
        values = model.plan.constants
        steps = [Int?](repeating: nil, count: model.graph.nodes.count)
        for (number, step) in model.plan.steps.enumerated() { steps[step.nodes[0]] = number }
        lastUse = [Int](repeating: -1, count: model.graph.values.count)
        for (index, node) in model.graph.nodes.enumerated() {
            for case let id? in node.inputs { lastUse[id.index] = index }
        }
        for id in model.graph.outputs { lastUse[id.index] = model.graph.nodes.count }
    }

    /// The outputs for inputs whose types are known to fit.
    ///
    /// - Parameter observe: Called before and after each step, with its number in the plan and, after it, its first
    ///   output.
    /// - Throws: What the operators throw, located at their node.
    consuming func outputs(
        for inputs: [Tensor], observe: (_ step: Int, _ output: Shape?) -> Void = { _, _ in }
    ) throws(PithError) -> [Tensor] {
        let graph = model.graph
        for (id, input) in zip(graph.inputs, inputs) { values[id.index] = input }
        for (index, node) in graph.nodes.enumerated() {
            do throws(PithError) {
                if let number = steps[index] {
                    observe(number, nil)
                    try run(model.plan.steps[number])
                    observe(number, values[model.plan.steps[number].outputs[0].index]?.shape)
                } else if node.onlyRenames, values[node.outputs[0].index] == nil, let source = tensor(node.inputs[0]) {
                    let types = try outputTypes(node, node.inputs.map { tensor($0) })
                    values[node.outputs[0].index] = try source.reshaped(to: types[0].shape())
                }
            } catch {
                throw error.located(in: .node(graph.displayName(ofNode: index)))
            }
            for case let id? in node.inputs where lastUse[id.index] == index { values[id.index] = nil }
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

    private mutating func run(_ step: Plan.Step) throws(PithError) {
        var inputs: [Tensor?] = []
        var packed: PackedMatrix?
        for operand in step.inputs {
            switch operand {
            case .none: inputs.append(nil)
            case .value(let id), .constant(let id): inputs.append(values[id.index])
            case .packed(let matrix):
                packed = matrix
                inputs.append(matrix.panels)
            }
        }
        guard packed != nil || step.nodes.count > 1 else {
            let outputs = try Execution.apply(
                step.op, step.attributes, inputs, on: compute, outputCount: step.outputs.count)
            for (id, output) in zip(step.outputs, outputs) { values[id.index] = output }
            return
        }
        values[step.outputs[0].index] = try Execution.fused(
            step.op, step.attributes, inputs, packed: packed, step.fusion, output: outputShape(of: step), on: compute)
    }

    /// The shape that a step's last node gives, by the rules of all its nodes.
    private func outputShape(of step: Plan.Step) throws(PithError) -> Shape {
        var types: [Int: ValueType] = [:]
        for index in step.nodes {
            let node = model.graph.nodes[index]
            let inputs = node.inputs.map { id in
                id.map { id in
                    types[id.index] ?? values[id.index].map { ValueType($0.elementType, $0.shape) }
                        ?? model.graph[id].type
                }
            }
            types[node.outputs[0].index] = try node.op.outputTypes(
                inputs: inputs, attributes: node.attributes, known: node.inputs.map { known($0, nil) })[0]
        }
        return try (types[step.outputs[0].index] ?? model.graph[step.outputs[0]].type).shape()
    }

    private func outputTypes(_ node: Graph.Node, _ inputs: [Tensor?]) throws(PithError) -> [ValueType] {
        try node.op.outputTypes(
            inputs: inputs.map { $0.map { ValueType($0.elementType, $0.shape) } }, attributes: node.attributes,
            known: zip(node.inputs, inputs).map { known($0, $1) }, outputCount: node.outputs.count)
    }

    /// What is known of an input's elements: all, when it is there.
    private func known(_ id: Graph.ValueID?, _ tensor: Tensor?) -> KnownElements? {
        guard let id else { return nil }
        return tensor?.knownElements ?? model.graph[id].known
    }

    private func tensor(_ id: Graph.ValueID?) -> Tensor? { id.flatMap { values[$0.index] } }
}
