import PithGraph
import PithMath

/// A plan for inputs of certain shapes: a kernel for each step, and a place in memory for each value.
struct BoundPlan: Sendable {
    /// The shapes of the inputs.
    let inputShapes: [Shape]

    /// The shapes of all values.
    let shapes: [Shape]

    /// The steps, in the order of the plan's, then copies to outputs that no step writes.
    let steps: [BoundStep]

    /// Where each operand of each step is, the operands of a step side by side: inputs, then outputs.
    let places: [Place]

    /// Bytes of the memory for intermediate values and scratch.
    let arenaBytes: Int

    /// Where an operand is.
    enum Place: Sendable {
        /// Nowhere: an optional input left out.
        case none
        /// In the caller's memory.
        case input(Int)
        /// In the caller's memory.
        case output(Int)
        /// Bytes after the start of the arena.
        case arena(Int)
        /// In the model.
        case constant(Tensor)
    }
}

/// A step with its kernel.
struct BoundStep: Sendable {
    /// How it runs.
    let action: Action
    /// Where its operands begin in `BoundPlan.places`.
    let firstPlace: Int
    /// The count of its inputs.
    let inputCount: Int
    /// Bytes after the start of the arena where its scratch memory begins.
    let scratch: Int

    /// How a step runs.
    enum Action: Sendable {
        /// By a kernel, on the operands' memory. The number is the step's in the plan.
        case kernel(Kernel, step: Int)
        /// By the operator's general form, which makes tensors of its own.
        case general(step: Int)
        /// A copy of so many bytes.
        case copy(bytes: Int)
    }
}
