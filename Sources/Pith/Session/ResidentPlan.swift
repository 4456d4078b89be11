import PithGraph
import PithMath

/// A bound plan with a pointer for each operand, so that running it is a loop over kernels.
///
/// The one place of the runtime that owns raw pointers. They point into the arena of the workspace that holds this, into
/// constants that the plan holds, and, during a run, into the caller's memory.
@safe final class ResidentPlan {
    let plan: BoundPlan
    private let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private let count: Int
    private var arena: UnsafeMutableRawPointer?

    /// For each input and each output of the model, the operands that are it.
    private var inputUses: [[Int]]
    private var outputUses: [[Int]]

    init(_ plan: BoundPlan, inputs: Int, outputs: Int) {
        self.plan = plan
        count = plan.places.count
        unsafe pointers = UnsafeMutablePointer.allocate(capacity: max(count, 1))
        inputUses = [[Int]](repeating: [], count: inputs)
        outputUses = [[Int]](repeating: [], count: outputs)
        for index in 0..<count {
            var pointer: UnsafeMutableRawPointer?
            switch plan.places[index] {
            case .none, .arena: break
            case .input(let input): inputUses[input].append(index)
            case .output(let output): outputUses[output].append(index)
            case .constant(let tensor):
                unsafe pointer = tensor.withBytePointer { unsafe UnsafeMutableRawPointer(mutating: $0) }
            }
            unsafe (pointers + index).initialize(to: pointer)
        }
    }

    deinit { unsafe pointers.deallocate() }

    var arenaBytes: Int { plan.arenaBytes }

    func shape(of id: Graph.ValueID) -> Shape { plan.shapes[id.index] }

    /// Whether the plan is for inputs of these shapes.
    func matches(_ matches: (Shape, Int) -> Bool) -> Bool {
        for index in plan.inputShapes.indices where !matches(plan.inputShapes[index], index) { return false }
        return true
    }

    /// Says where the arena is.
    func reside(at start: UnsafeMutableRawPointer) {
        guard unsafe arena != start else { return }
        unsafe arena = start
        for index in 0..<count {
            if case .arena(let offset) = plan.places[index] { unsafe pointers[index] = start + offset }
        }
    }

    /// Says where an input is, for the next run.
    func setInput(_ input: Int, to pointer: UnsafeRawPointer) {
        for index in inputUses[input] { unsafe pointers[index] = UnsafeMutableRawPointer(mutating: pointer) }
    }

    /// Says where to write an output, for the next run.
    func setOutput(_ output: Int, to pointer: UnsafeMutableRawPointer) {
        for index in outputUses[output] { unsafe pointers[index] = pointer }
    }

    /// Runs all steps.
    func run(_ model: Model, on compute: Compute) throws(PithError) {
        for index in plan.steps.indices { try runStep(index, model, on: compute) }
    }

    /// Runs one step.
    @inline(__always)
    func runStep(_ index: Int, _ model: Model, on compute: Compute) throws(PithError) {
        let step = plan.steps[index]
        let operands = unsafe pointers + step.firstPlace
        switch step.action {
        case .kernel(let kernel, let number):
            guard let arena = unsafe arena else { return }
            do throws(PithError) {
                try unsafe kernel.run(KernelMemory(operands: operands, scratch: arena + step.scratch), on: compute)
            } catch {
                throw located(error, number, model)
            }
        case .copy(let bytes):
            if let source = unsafe operands[0], let target = unsafe operands[1] {
                unsafe target.copyMemory(from: source, byteCount: bytes)
            }
        case .general(let number):
            do throws(PithError) {
                try runGeneral(model.plan.steps[number], step, model, on: compute)
            } catch {
                throw located(error, number, model)
            }
        }
    }

    /// An error of a step of the plan.
    private func located(_ error: PithError, _ number: Int, _ model: Model) -> PithError {
        error.located(in: .node(model.graph.displayName(ofNode: model.plan.steps[number].nodes[0])))
    }

    private func runGeneral(
        _ step: Plan.Step, _ bound: BoundStep, _ model: Model, on compute: Compute
    ) throws(PithError) {
        let operands = unsafe pointers + bound.firstPlace
        var inputs: [Tensor?] = []
        for (index, operand) in step.inputs.enumerated() {
            switch operand {
            case .none, .packed: inputs.append(nil)
            case .constant(let id): inputs.append(model.plan.constants[id.index])
            case .value(let id):
                var tensor = Tensor(uninitialized: model.graph[id].type.elementType, plan.shapes[id.index])
                let bytes = tensor.byteCount
                if let source = unsafe operands[index] {
                    unsafe tensor.withMutableBytePointer { unsafe $0.copyMemory(from: source, byteCount: bytes) }
                }
                inputs.append(tensor)
            }
        }
        let shapes = step.outputs.map { plan.shapes[$0.index] }
        try Execution.checkRoom(forOutputs: shapes)
        let outputs = try Execution.apply(step.op, step.attributes, inputs, on: compute, outputShapes: shapes)
        for (index, output) in outputs.enumerated() {
            guard let target = unsafe operands[bound.inputCount + index] else { continue }
            unsafe output.withBytePointer { unsafe target.copyMemory(from: $0, byteCount: output.byteCount) }
        }
    }
}
