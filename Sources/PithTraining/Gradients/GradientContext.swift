import PithGraph
import PithMath

/// What a vector-Jacobian product sees of one applied operator.
///
/// Every sum here has a fixed order, stated where it is taken, so that threads never change a bit; products are those
/// of `Execution.matmul`: from +0, by fused multiply-add, in ascending k.
struct GradientContext {
    let op: Operator
    /// With the table's defaults.
    let attributes: Attributes
    let inputs: [Tensor?]
    /// The output that the gradient is of, where the operator's gradient takes it.
    let keptOutput: Tensor?
    /// Which of how many outputs that is.
    let outputPosition: (index: Int, count: Int)
    /// What the forward pass kept: MaxPool's winners; the mean and the inverse deviation of batch normalisation.
    let kept: [Tensor]
    /// The gradient of the output.
    let gradient: Tensor
    /// For each input, whether its gradient is wanted.
    let needed: [Bool]
    let compute: Compute
}

extension GradientContext {
    /// The gradients of the inputs, in order; nil where none is wanted or there is none.
    ///
    /// - Throws: `unsupportedOperation` naming an operator that has no gradient.
    func inputGradients() throws(PithError) -> [Tensor?] {
        guard let product = op.vectorJacobianProduct else {
            throw PithError(
                .unsupportedOperation, "\(op.name) has no gradient",
                advice: "train a graph without it, or do not ask for the gradients of what it takes")
        }
        return try product(self)()
    }

    func input(_ index: Int) throws(PithError) -> Tensor {
        guard index < inputs.count, let tensor = inputs[index] else {
            throw PithError(.invalidGraph, "input \(index) of \(op.name) is missing")
        }
        return tensor
    }

    /// The output that the gradient is of.
    ///
    /// - Throws: `invalidGraph` for an operator whose gradient does without it by `Operator.gradientTakesOutput`.
    func output() throws(PithError) -> Tensor {
        guard let keptOutput else { throw PithError(.invalidGraph, "the output of \(op.name) is not kept") }
        return keptOutput
    }

    func needs(_ index: Int) -> Bool { index < needed.count && needed[index] }
}
