public import PithGraph
import PithMath

/// What a run of a model does, for inputs of certain shapes.
public struct PlanDescription: Sendable {
    /// The steps in order.
    public let steps: [Step]

    /// Bytes of the one piece of memory for intermediate values and scratch; nil where values decide shapes, so that a
    /// run allocates what it meets.
    public let arenaBytes: Int?

    /// Bytes of the weights and other constants, in the layout of the kernels.
    public let constantBytes: Int

    /// Those of them that lie in a mapped file.
    public let mappedBytes: Int

    /// One or more nodes that run as one.
    public struct Step: Sendable {
        /// The nodes, by position in the graph; none for a copy.
        public let nodes: [Int]
        /// The nodes' names, for example `Gemm #3, Relu #4`; `copy` for a value that two outputs share.
        public let name: String
        /// The kernel, for example `matrix product`; `general` where the operator has none and allocates, `chosen in the
        /// run` where values decide shapes.
        public let kernel: String
        /// The type of the first output, with what is known of its extents.
        public let output: ValueType
        /// Bytes of the outputs; nil when an extent is not known.
        public let outputBytes: Int?
        /// Bytes of the constants that the step reads.
        public let constantBytes: Int
    }
}

extension Model {
    /// What a run does when every extent that the model leaves open is `batch`.
    ///
    /// Where values decide the shapes of others, what is known before they are there.
    ///
    /// - Parameters:
    ///   - batch: The extent, 0 or more.
    ///   - threads: Of the session; each has scratch memory of its own.
    /// - Throws: `shapeMismatch`, `limitExceeded`, `invalidArgument`.
    public func describe(batch: Int = 1, threads: Int = 1) throws(PithError) -> PlanDescription {
        guard threads >= 1, threads <= Compute.maximumThreads else {
            throw PithError(.invalidArgument, "the number of threads must be 1 to \(Compute.maximumThreads)")
        }
        var shapes: [Shape] = []
        for value in inputs {
            shapes.append(try Shape(checking: value.type.dimensions.map { $0.extent ?? batch }))
        }
        if let bound = try bound(to: shapes, threads: threads) { return description(of: bound) }
        let types = try graph.types(forInputs: shapes)
        return PlanDescription(
            steps: plan.steps.map { describe($0, "chosen in the run") { types[$0.index] } }, arenaBytes: nil,
            constantBytes: plan.constantBytes, mappedBytes: plan.mappedBytes)
    }

    func description(of bound: BoundPlan) -> PlanDescription {
        let steps = bound.steps.map { step in
            let type = { (id: Graph.ValueID) in ValueType(graph[id].type.elementType, bound.shapes[id.index]) }
            switch step.action {
            case .kernel(let kernel, let number): return describe(plan.steps[number], kernel.name, type)
            case .general(let number): return describe(plan.steps[number], "general", type)
            case .copy(let bytes):
                return PlanDescription.Step(
                    nodes: [], name: "copy", kernel: "copy", output: ValueType(.uint8, [.fixed(bytes)]),
                    outputBytes: bytes, constantBytes: 0)
            }
        }
        return PlanDescription(
            steps: steps, arenaBytes: bound.arenaBytes, constantBytes: plan.constantBytes,
            mappedBytes: plan.mappedBytes)
    }

    private func describe(
        _ step: Plan.Step, _ kernel: String, _ type: (Graph.ValueID) -> ValueType
    ) -> PlanDescription.Step {
        var outputBytes: Int? = 0
        for id in step.outputs {
            let bytes = (try? type(id).shape()).map { $0.elementCount * type(id).elementType.byteCount }
            outputBytes = outputBytes.flatMap { sum in bytes.map { sum + $0 } }
        }
        var constantBytes = 0
        for input in step.inputs {
            switch input {
            case .constant(let id): constantBytes += plan.constants[id.index]?.byteCount ?? 0
            case .packed(let matrix): constantBytes += matrix.panels.byteCount
            case .none, .value: break
            }
        }
        return PlanDescription.Step(
            nodes: step.nodes, name: name(of: step), kernel: kernel, output: type(step.outputs[0]),
            outputBytes: outputBytes, constantBytes: constantBytes)
    }
}

extension Model {
    /// The names of the nodes of a step, for example `Gemm #3, Relu #4`.
    func name(of step: Plan.Step) -> String {
        var name = ""
        for node in step.nodes { name += (name.isEmpty ? "" : ", ") + graph.displayName(ofNode: node) }
        return name
    }
}

extension PlanDescription: CustomStringConvertible {
    /// A line for each step, then the totals.
    public var description: String {
        var text = ""
        for step in steps {
            text += "\(step.name) -> \(step.output): \(step.kernel)"
            if let bytes = step.outputBytes { text += ", \(bytes) bytes out" }
            text += step.constantBytes > 0 ? ", \(step.constantBytes) bytes of weights\n" : "\n"
        }
        text += arenaBytes.map { "arena \($0) bytes" } ?? "memory as values need it"
        text += ", constants \(constantBytes) bytes"
        return text + (mappedBytes > 0 ? ", \(mappedBytes) of them in the mapped file\n" : "\n")
    }
}
