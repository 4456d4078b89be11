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
    private let lastUse: [Int]

    init(_ model: Model, on compute: Compute) {
        self.model = model
        self.compute = compute
        values = model.plan.constants
        steps = [Int?](repeating: nil, count: model.graph.nodes.count)
        for (number, step) in model.plan.steps.enumerated() { steps[step.nodes[0]] = number }
        lastUse = model.graph.lastUses
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
                    values[node.outputs[0].index] = try source.reshaped(to: outputType(node).shape())
                }
            } catch {
                throw error.located(in: .node(graph.displayName(ofNode: index)))
            }
            for case let id? in node.inputs where lastUse[id.index] == index { values[id.index] = nil }
        }
        return try Execution.outputs(of: graph, in: values)
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
                step.op, step.attributes, inputs, on: compute, outputCount: step.outputs.count,
                byteLimit: model.workingLimit)
            for (id, output) in zip(step.outputs, outputs) { values[id.index] = output }
            return
        }
        let output = try outputShape(of: step)
        try TensorStorage.checkRoom(
            for: output.elementCount * MemoryLayout<Float>.stride, limit: model.workingLimit)
        values[step.outputs[0].index] = try Execution.fused(
            step.op, step.attributes, inputs, packed: packed, step.fusion, output: output, on: compute)
    }

    /// The shape that a step's last node gives, by the rules of all its nodes.
    private func outputShape(of step: Plan.Step) throws(PithError) -> Shape {
        var types: [Int: ValueType] = [:]
        for index in step.nodes {
            let node = model.graph.nodes[index]
            types[node.outputs[0].index] = try outputType(node, types)
        }
        return try (types[step.outputs[0].index] ?? model.graph[step.outputs[0]].type).shape()
    }

    /// The type of a node's first output, by its rule.
    ///
    /// - Parameter types: Those of values that are not computed.
    private func outputType(_ node: Graph.Node, _ types: [Int: ValueType] = [:]) throws(PithError) -> ValueType {
        let inputs = node.inputs.map { id in
            id.map { id in
                types[id.index] ?? values[id.index].map { ValueType($0.elementType, $0.shape) } ?? model.graph[id].type
            }
        }
        // The plan keeps no tensor of elements that the graph knows.
        let known = zip(node.inputs, node.op.knownElements(of: node.inputs.map { tensor($0) })).map { id, elements in
            elements ?? id.flatMap { model.graph[$0].known }
        }
        return try node.op.outputTypes(inputs: inputs, attributes: node.attributes, known: known)[0]
    }

    private func tensor(_ id: Graph.ValueID?) -> Tensor? { id.flatMap { values[$0.index] } }
}
