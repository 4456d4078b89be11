import PithGraph
import PithMath

/// Binds a plan to shapes: chooses kernels and lays out memory by liveness.
struct PlanBinder {
    private let plan: Plan
    private let graph: Graph
    private let shapes: [Shape]
    private let threads: Int

    private var steps: [BoundStep] = []
    private var places: [BoundPlan.Place] = []
    private var arena = Arena(alignment: Kernel.alignment)

    /// For each value that shares no other's memory, where it is, once it is computed.
    private var home: [BoundPlan.Place]
    private var blocks: [Arena.Block?]

    /// For each such value, the last step that takes it; outputs outlive all.
    private var lastUse: [Int]

    init(_ plan: Plan, _ graph: Graph, shapes: [Shape], threads: Int) {
        self.plan = plan
        self.graph = graph
        self.shapes = shapes
        self.threads = threads
        home = [BoundPlan.Place](repeating: .none, count: graph.values.count)
        blocks = [Arena.Block?](repeating: nil, count: graph.values.count)
        lastUse = [Int](repeating: -1, count: graph.values.count)
        for (index, step) in plan.steps.enumerated() {
            for id in step.outputs { lastUse[id.index] = index }
            for case .value(let id) in step.inputs { lastUse[plan.sources[id.index].index] = index }
        }
        for (index, id) in graph.inputs.enumerated() { home[id.index] = .input(index) }
        for index in plan.constants.indices {
            if let constant = plan.constants[index] { home[index] = .constant(constant) }
        }
        for (index, id) in graph.outputs.enumerated() {
            let source = plan.sources[id.index].index
            lastUse[source] = plan.steps.count
            if case .none = home[source] { home[source] = .output(index) }
        }
    }

    /// The bound plan.
    ///
    /// - Throws: `limitExceeded`, `invalidAttribute`.
    consuming func bound(to inputShapes: [Shape]) throws(PithError) -> BoundPlan {
        for (index, step) in plan.steps.enumerated() {
            do throws(PithError) {
                try bind(step, index)
            } catch {
                throw error.located(in: .node(graph.displayName(ofNode: step.nodes[0])))
            }
        }
        for (index, id) in graph.outputs.enumerated() {
            let source = plan.sources[id.index].index
            guard byteCount(id) > 0 else { continue }
            if case .output(index) = home[source] { continue }
            steps.append(
                BoundStep(action: .copy(bytes: byteCount(id)), firstPlace: places.count, inputCount: 1, scratch: 0))
            places += [home[source], .output(index)]
        }
        return BoundPlan(
            inputShapes: inputShapes, shapes: shapes, steps: steps, places: places, arenaBytes: arena.size)
    }

    private mutating func bind(_ step: Plan.Step, _ index: Int) throws(PithError) {
        if step.outputs.allSatisfy({ shapes[$0.index].elementCount == 0 }) {
            // There is nothing to compute, and nothing at the place, but who takes it has one.
            for id in step.outputs { if case .none = home[id.index] { home[id.index] = .arena(0) } }
            return
        }
        let kernel = try kernel(of: step)
        guard kernel != nil || step.nodes.count == 1 else {
            throw PithError(.unsupportedOperation, "no kernel computes what was fused")
        }
        let firstPlace = places.count
        for operand in step.inputs { places.append(place(of: operand)) }
        var scratch: Arena.Block?
        if let kernel, kernel.scratchBytes > 0 { scratch = try arena.allocate(kernel.scratchBytes * threads) }
        for id in step.outputs { try findHome(id, step, index, kernel) }
        for id in step.outputs { places.append(home[id.index]) }
        steps.append(
            BoundStep(
                action: kernel.map { .kernel($0, step: index) } ?? .general(step: index), firstPlace: firstPlace,
                inputCount: step.inputs.count, scratch: scratch?.offset ?? 0))
        if let scratch { arena.release(scratch) }
        for case .value(let id) in step.inputs { release(plan.sources[id.index].index, after: index) }
        for id in step.outputs { release(id.index, after: index) }
    }

    private func kernel(of step: Plan.Step) throws(PithError) -> Kernel? {
        var operands: [KernelOperand?] = []
        for operand in step.inputs {
            switch operand {
            case .none:
                operands.append(nil)
            case .value(let id), .constant(let id):
                operands.append(
                    KernelOperand(
                        elementType: graph[id].type.elementType, shape: shapes[id.index], known: graph[id].known))
            case .packed(let matrix):
                operands.append(
                    matrix.operand(transposed: step.op == .gemm ? try step.attributes.flag(.transB) : false))
            }
        }
        return try Kernel(
            step.op, step.attributes, operands, outputs: step.outputs.map { shapes[$0.index] }, fusion: step.fusion)
    }

    private func place(of operand: Plan.Operand) -> BoundPlan.Place {
        switch operand {
        case .none: .none
        case .value(let id): home[plan.sources[id.index].index]
        case .constant(let id): home[id.index]
        case .packed(let matrix): .constant(matrix.panels)
        }
    }

    /// Finds memory for a step's output: the caller's, that of an input which ends here, or a block of its own.
    private mutating func findHome(
        _ id: Graph.ValueID, _ step: Plan.Step, _ index: Int, _ kernel: Kernel?
    ) throws(PithError) {
        if case .output = home[id.index] { return }
        if kernel?.worksInPlace == true {
            for case .value(let input) in step.inputs {
                let source = plan.sources[input.index].index
                guard lastUse[source] == index, let block = blocks[source], byteCount(input) == byteCount(id) else {
                    continue
                }
                blocks[source] = nil
                blocks[id.index] = block
                home[id.index] = .arena(block.offset)
                return
            }
        }
        let block = try arena.allocate(byteCount(id))
        blocks[id.index] = block
        home[id.index] = .arena(block.offset)
    }

    private mutating func release(_ value: Int, after step: Int) {
        guard lastUse[value] == step, let block = blocks[value] else { return }
        arena.release(block)
        blocks[value] = nil
    }

    private func byteCount(_ id: Graph.ValueID) -> Int {
        shapes[id.index].elementCount * graph[id].type.elementType.byteCount
    }
}
