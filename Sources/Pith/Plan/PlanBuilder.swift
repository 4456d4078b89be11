import PithGraph
import PithMath

/// Makes the plan of a graph.
struct PlanBuilder: ~Copyable {
    let graph: Graph
    var constants: Constants
    private var sources: [Graph.ValueID]
    private var steps: [Plan.Step] = []

    /// For each value, who takes it.
    private var consumers: [Consumers]

    /// The nodes that take a value.
    private enum Consumers {
        case none
        /// One node, once.
        case one(Int)
        case several
    }

    /// Nodes that need no step of their own any more.
    var isDone: [Bool]

    /// Elements that an output may have and still be computed when the model is loaded.
    private static let foldingLimit = 1 << 24

    private init(_ graph: Graph, _ weights: Weights) {
        self.graph = graph
        constants = Constants(graph, weights)
        sources = graph.values.indices.map { Graph.ValueID($0) }
        consumers = [Consumers](repeating: .none, count: graph.values.count)
        isDone = [Bool](repeating: false, count: graph.nodes.count)
        steps.reserveCapacity(graph.nodes.count)
        for index in graph.nodes.indices {
            for case let id? in graph.nodes[index].inputs {
                if case .none = consumers[id.index] {
                    consumers[id.index] = .one(index)
                } else {
                    consumers[id.index] = .several
                }
            }
        }
        // Whoever asks for an output takes it too.
        for id in graph.outputs { consumers[id.index] = .several }
    }

    /// The plan of a graph.
    ///
    /// - Parameter weights: Its initializers.
    /// - Throws: What reading the weights throws, errors of operators located at their node.
    static func plan(_ graph: Graph, _ weights: Weights) throws(PithError) -> Plan {
        var builder = PlanBuilder(graph, weights)
        return try builder.plan()
    }

    private mutating func plan() throws(PithError) -> Plan {
        for index in graph.nodes.indices where graph.nodes[index].inputs.allSatisfy({ isConstant($0) }) {
            try fold(index, graph.nodes[index])
        }
        for index in graph.nodes.indices where !isDone[index] {
            let node = graph.nodes[index]
            if node.onlyRenames {
                if let source = node.inputs[0] { sources[node.outputs[0].index] = sources[source.index] }
            } else {
                do throws(PithError) {
                    steps.append(try step(index, node))
                } catch {
                    throw error.located(in: .node(graph.displayName(ofNode: index)))
                }
            }
        }
        try pack()
        return Plan(steps: steps, sources: sources, constants: try needed())
    }

    /// Whether an input is constant, as far as is known, or left out.
    private func isConstant(_ input: Graph.ValueID?) -> Bool { input.map { constants.contains($0) } ?? true }

    /// Computes a node whose inputs are all constant. What fails now fails again, with its message, when it runs; but
    /// for weights that cannot be read.
    private mutating func fold(_ index: Int, _ node: Graph.Node) throws(PithError) {
        // Of what is inside a branch nothing is known before it runs, so not how large it is.
        guard node.op != .if, node.op != .dropout || node.inputs.count == 1 else { return }
        var shapes: [Shape] = []
        for id in node.outputs {
            guard let shape = try? graph[id].type.shape(), shape.elementCount <= Self.foldingLimit else { return }
            shapes.append(shape)
        }
        var inputs: [Tensor?] = []
        for id in node.inputs {
            guard let id else {
                inputs.append(nil)
                continue
            }
            inputs.append(try constants.tensor(id))
        }
        guard
            let outputs = try? Execution.apply(
                node.op, node.attributes, inputs, on: .single, outputShapes: shapes)
        else { return }
        for (id, output) in zip(node.outputs, outputs) {
            let widens = node.op == .cast && output.elementType == .float32
            constants.insert(output, for: id, castFrom: widens ? inputs[0] : nil)
        }
        isDone[index] = true
    }

    /// The step of a node and of those that it can take along.
    private mutating func step(_ index: Int, _ node: Graph.Node) throws(PithError) -> Plan.Step {
        var step = Plan.Step(
            op: node.op, attributes: node.attributes,
            inputs: node.inputs.map { id in
                guard let id else { return .none }
                return constants.contains(id) ? .constant(id) : .value(id)
            }, fusion: Fusion(), outputs: node.outputs, nodes: [index])
        switch node.op {
        case .gemm where try isPlain(node): break
        case .matMul where isMatrix(node.inputs[1]):
            if case .constant(let matrix) = step.inputs[1] { try takeBias(&step, columns: constants.shape(matrix)?[1]) }
        case .dynamicQuantizeLinear:
            guard let quantised = try quantisedProduct(index, node) else { return step }
            step = quantised
            if case .packed(let matrix) = step.inputs[1] { try takeBias(&step, columns: matrix.n) }
        case .conv where canConvolve(node): break
        default: return step
        }
        while let next = onlyConsumer(of: step),
            try step.fusion.take(graph.nodes[next].op, graph.nodes[next].attributes, after: node.op)
        {
            extend(&step, by: next)
        }
        return step
    }

    /// The node that alone takes a value, once.
    func onlyConsumer(of value: Graph.ValueID) -> Int? {
        guard case .one(let consumer) = consumers[value.index] else { return nil }
        return consumer
    }

    /// The node that alone takes a step's output, when it has that as its first input and nothing else sees it.
    private func onlyConsumer(of step: Plan.Step) -> Int? {
        guard step.outputs.count == 1, let next = onlyConsumer(of: step.outputs[0]),
            graph.nodes[next].inputs[0] == step.outputs[0], graph.nodes[next].outputs.count == 1
        else { return nil }
        return next
    }

    private mutating func extend(_ step: inout Plan.Step, by index: Int) {
        step.outputs = graph.nodes[index].outputs
        step.nodes.append(index)
        isDone[index] = true
    }

    /// An Add of a constant per column is the bias of the product before it: the same rounding at the same place.
    private mutating func takeBias(_ step: inout Plan.Step, columns: Int?) throws(PithError) {
        guard let next = onlyConsumer(of: step), graph.nodes[next].op == .add, let addend = graph.nodes[next].inputs[1],
            graph[addend].type.elementType == .float32, let bias = constants.shape(addend), bias.rank == 1,
            bias.elementCount == columns
        else { return }
        step.inputs.append(.constant(addend))
        extend(&step, by: next)
    }

    /// Whether a Conv has a kernel whatever the batch: one or two spatial dimensions, float32, a weight with elements.
    private func canConvolve(_ node: Graph.Node) -> Bool {
        guard let weight = node.inputs[1], graph[weight].type.elementType == .float32 else { return false }
        let dimensions = graph[weight].type.dimensions
        return (3...4).contains(dimensions.count) && dimensions.allSatisfy { ($0.extent ?? 0) > 0 }
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
        guard beta == 1, let columns = graph[right].type.dimensions[try node.attributes.flag(.transB) ? 0 : 1].extent
        else { return false }
        let dimensions = graph[addend].type.dimensions
        return dimensions.last?.extent == columns && dimensions.dropLast().allSatisfy { $0.extent == 1 }
    }

    /// Puts the constant matrices of products in the kernels' layout; a matrix of several products is packed once.
    private mutating func pack() throws(PithError) {
        var shared: [Graph.ValueID: [Packed]] = [:]
        for index in steps.indices {
            let op = steps[index].op
            guard op == .gemm || op == .matMul, case .constant(let id) = steps[index].inputs[1], isMatrix(id),
                graph[id].type.dimensions.allSatisfy({ $0.extent != 0 })
            else { continue }
            if op == .gemm, try !isPlain(graph.nodes[steps[index].nodes[0]]) { continue }
            let transposesLeft = op == .gemm ? try steps[index].attributes.flag(.transA) : false
            let mayBeNarrow = !transposesLeft
            let transposed = op == .gemm ? try steps[index].attributes.flag(.transB) : false
            let isShared = onlyConsumer(of: id) == nil
            if isShared, let known = shared[id]?.first(where: { $0.isFor(transposed, mayBeNarrow) }) {
                steps[index].inputs[1] = .packed(known.matrix)
                continue
            }
            let matrix = try constants.packed(id, transposed: transposed, mayBeNarrow: mayBeNarrow)
            if isShared {
                shared[id, default: []].append(
                    Packed(matrix: matrix, mayBeNarrow: mayBeNarrow, transposed: transposed))
            }
            steps[index].inputs[1] = .packed(matrix)
        }
    }

    private struct Packed {
        let matrix: PackedMatrix
        /// Whether the product can widen it: not with a transposed first matrix.
        let mayBeNarrow: Bool
        let transposed: Bool

        func isFor(_ transposed: Bool, _ mayBeNarrow: Bool) -> Bool {
            transposed == self.transposed && mayBeNarrow == self.mayBeNarrow
        }
    }

    /// The constants that steps or outputs still take row by row.
    private mutating func needed() throws(PithError) -> [Tensor?] {
        var kept = [Tensor?](repeating: nil, count: graph.values.count)
        for step in steps {
            for case .constant(let id) in step.inputs { kept[id.index] = try constants.tensor(id) }
            for case .value(let id) in step.inputs {
                // What only renames a constant may not have been folded, when its shape follows from an input.
                let source = sources[id.index]
                if source != id { kept[source.index] = try constants.tensor(source) }
            }
        }
        // What the graph does not know of a Reshape's shape is needed when it runs.
        for (index, node) in graph.nodes.enumerated() where !isDone[index] && node.onlyRenames {
            for case let id? in node.inputs.dropFirst() where graph[id].known == nil {
                kept[id.index] = try constants.tensor(id)
            }
        }
        for id in graph.outputs {
            let source = sources[id.index]
            kept[source.index] = try constants.tensor(source)
        }
        return kept
    }
}

extension Graph.Node {
    /// Whether the output is the first input in another shape, if at all.
    var onlyRenames: Bool {
        switch op {
        case .identity, .dropout, .flatten, .reshape: outputs.count == 1
        default: false
        }
    }
}
