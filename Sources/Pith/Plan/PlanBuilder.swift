import PithGraph
import PithMath

/// Makes the plan of a graph.
struct PlanBuilder {
    private let graph: Graph
    private var constants: [Tensor?]

    /// For each constant that was widened, the elements as they were.
    private var narrow: [Tensor?]
    private var sources: [Int]
    private var steps: [Plan.Step] = []

    /// For each value, the nodes that take it.
    private var consumers: [[Int]]
    private let isOutput: [Bool]

    /// Nodes that need no step of their own any more.
    private var isDone: [Bool]

    /// Elements that an output may have and still be computed when the model is loaded.
    private static let foldingLimit = 1 << 24

    /// - Parameters:
    ///   - graph: What to plan.
    ///   - weights: For each value that is an initializer, its elements in the type that the graph says.
    ///   - narrow: The elements as they are stored, where the graph says float32 and they are narrower.
    init(_ graph: Graph, weights: [Tensor?], narrow: [Tensor?]) {
        self.graph = graph
        constants = weights
        self.narrow = narrow
        sources = Array(graph.values.indices)
        consumers = [[Int]](repeating: [], count: graph.values.count)
        for (index, node) in graph.nodes.enumerated() {
            for case let id? in node.inputs { consumers[id.index].append(index) }
        }
        var isOutput = [Bool](repeating: false, count: graph.values.count)
        for id in graph.outputs { isOutput[id.index] = true }
        self.isOutput = isOutput
        isDone = [Bool](repeating: false, count: graph.nodes.count)
    }

    /// The plan.
    consuming func plan() throws(PithError) -> Plan {
        for (index, node) in graph.nodes.enumerated() { fold(index, node) }
        for (index, node) in graph.nodes.enumerated() where !isDone[index] {
            switch node.op {
            case .identity, .dropout, .flatten,
                .reshape where node.outputs.count == 1:
                if let source = node.inputs[0] { sources[node.outputs[0].index] = sources[source.index] }
            default:
                do throws(PithError) {
                    steps.append(try step(index, node))
                } catch {
                    throw error.located(in: .node(graph.displayName(ofNode: index)))
                }
            }
        }
        try pack()
        return Plan(steps: steps, sources: sources, constants: needed())
    }

    /// Computes a node whose inputs are all constant. What fails now fails again, with its message, when it runs.
    private mutating func fold(_ index: Int, _ node: Graph.Node) {
        guard node.op != .dropout || node.inputs.count == 1 else { return }
        var inputs: [Tensor?] = []
        for id in node.inputs {
            guard let id else {
                inputs.append(nil)
                continue
            }
            guard let constant = constants[id.index] else { return }
            inputs.append(constant)
        }
        var shapes: [Shape] = []
        for id in node.outputs {
            guard let shape = try? graph[id].type.shape(), shape.elementCount <= Self.foldingLimit else { return }
            shapes.append(shape)
        }
        guard
            let outputs = try? Execution.apply(
                node.op, node.attributes, inputs, on: .single, outputShapes: shapes)
        else { return }
        for (id, output) in zip(node.outputs, outputs) { constants[id.index] = output }
        if node.op == .cast, let source = inputs[0], outputs[0].elementType == .float32 {
            narrow[node.outputs[0].index] = source
        }
        isDone[index] = true
    }

    /// The step of a node and of those that it can take along.
    private mutating func step(_ index: Int, _ node: Graph.Node) throws(PithError) -> Plan.Step {
        var step = Plan.Step(
            op: node.op, attributes: node.attributes,
            inputs: node.inputs.map { id in
                guard let id else { return .none }
                return constants[id.index] == nil ? .value(id) : .constant(id)
            }, fusion: Fusion(), outputs: node.outputs, nodes: [index])
        switch node.op {
        case .gemm where try isPlain(node): break
        case .matMul where isMatrix(node.inputs[1]): try takeBias(&step)
        case .conv where canConvolve(node): break
        default: return step
        }
        while let (next, follower) = onlyConsumer(of: step),
            try step.fusion.take(follower.op, follower.attributes, after: node.op)
        {
            extend(&step, by: next)
        }
        return step
    }

    /// The node that alone takes a step's output, when it has that as its first input and nothing else sees it.
    private func onlyConsumer(of step: Plan.Step) -> (index: Int, node: Graph.Node)? {
        guard step.outputs.count == 1, let output = step.outputs.first, !isOutput[output.index],
            consumers[output.index].count == 1, let next = consumers[output.index].first,
            graph.nodes[next].inputs.first == output, graph.nodes[next].outputs.count == 1
        else { return nil }
        return (next, graph.nodes[next])
    }

    private mutating func extend(_ step: inout Plan.Step, by index: Int) {
        step.outputs = graph.nodes[index].outputs
        step.nodes.append(index)
        isDone[index] = true
    }

    /// An Add of a constant per column is the bias of the product before it: the same rounding at the same place.
    private mutating func takeBias(_ step: inout Plan.Step) throws(PithError) {
        guard let (next, follower) = onlyConsumer(of: step), follower.op == .add, let addend = follower.inputs[1],
            let bias = constants[addend.index], bias.elementType == .float32, bias.shape.rank == 1,
            case .constant(let matrix) = step.inputs[1], let weight = constants[matrix.index],
            weight.shape[1] == bias.count
        else { return }
        step.inputs.append(.constant(addend))
        extend(&step, by: next)
    }

    /// Whether a Conv has a kernel whatever the batch: two spatial dimensions, float32, a weight with elements.
    private func canConvolve(_ node: Graph.Node) -> Bool {
        guard let weight = node.inputs[1], graph[weight].type.elementType == .float32 else { return false }
        let dimensions = graph[weight].type.dimensions
        return dimensions.count == 4 && dimensions.allSatisfy { ($0.extent ?? 0) > 0 }
    }

    private func isMatrix(_ id: Graph.ValueID?) -> Bool {
        guard let id else { return false }
        return graph[id].type.elementType == .float32 && graph[id].type.rank == 2
    }

    /// Whether a Gemm is a product and a bias per column: no factors, and an addend of one row.
    private func isPlain(_ node: Graph.Node) throws(PithError) -> Bool {
        let (alpha, beta) = (try node.attributes.float(.alpha), try node.attributes.float(.beta))
        guard alpha == 1, isMatrix(node.inputs[1]), let right = node.inputs[1] else { return false }
        guard node.inputs.count > 2, let addend = node.inputs[2] else { return true }
        let columns = graph[right].type.dimensions[try node.attributes.flag(.transB) ? 0 : 1]
        let type = graph[addend].type
        return beta == 1 && columns.extent != nil && type.dimensions.last == columns
            && type.dimensions.dropLast().allSatisfy { $0 == .fixed(1) }
    }

    /// Puts the constant matrices of products in the kernels' layout; a matrix of several products is packed once.
    private mutating func pack() throws(PithError) {
        var packed: [PackedKey: PackedMatrix] = [:]
        for index in steps.indices {
            let (op, attributes) = (steps[index].op, steps[index].attributes)
            guard op == .gemm || op == .matMul, case .constant(let id) = steps[index].inputs[1],
                let matrix = constants[id.index], matrix.elementType == .float32, matrix.shape.rank == 2,
                matrix.count > 0
            else { continue }
            if op == .gemm, try !isPlain(graph.nodes[steps[index].nodes[0]]) { continue }
            let key = PackedKey(
                value: id.index, isLeftTransposed: op == .gemm ? try attributes.flag(.transA) : false,
                transposed: op == .gemm ? try attributes.flag(.transB) : false)
            let result =
                packed[key] ?? PackedMatrix(packing: stored(id, matrix, steps[index]), transposed: key.transposed)
            packed[key] = result
            steps[index].inputs[1] = .packed(result)
        }
    }

    /// A matrix as it is stored, when the product can widen it: not with a transposed first matrix.
    private func stored(_ id: Graph.ValueID, _ matrix: Tensor, _ step: Plan.Step) -> Tensor {
        guard let stored = narrow[id.index], [.bfloat16, .float16].contains(stored.elementType),
            step.op == .matMul || step.attributes[.transA] == .int(0)
        else { return matrix }
        return stored
    }

    private struct PackedKey: Hashable {
        let value: Int
        let isLeftTransposed: Bool
        let transposed: Bool
    }

    /// The constants that steps or outputs still take row by row.
    private func needed() -> [Tensor?] {
        var kept = [Tensor?](repeating: nil, count: constants.count)
        for step in steps {
            for case .constant(let id) in step.inputs { kept[id.index] = constants[id.index] }
        }
        for id in graph.outputs { kept[sources[id.index]] = constants[sources[id.index]] }
        return kept
    }
}
