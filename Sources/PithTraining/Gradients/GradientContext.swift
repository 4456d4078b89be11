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
    let output: Tensor
    /// What the forward pass kept: MaxPool's winners; the mean and the inverse deviation of batch normalisation.
    let kept: [Tensor]
    /// The gradient of the output.
    let gradient: Tensor
    /// For each input, whether its gradient is wanted.
    let needed: [Bool]
    let compute: Compute
}

extension GradientContext {
    /// The table of vector-Jacobian products: for each operator, the gradients of its inputs in order.
    ///
    /// - Throws: `unsupportedOperation` naming an operator without one.
    func inputGradients() throws(PithError) -> [Tensor?] {
        switch op {
        case .identity, .dropout, .flatten, .reshape: [try gradient.reshaped(to: input(0).shape)]
        case .transpose: [try transposed()]
        case .add, .sub, .mul, .div, .pow: try broadcasting()
        case .neg, .abs, .sqrt, .exp, .log, .erf, .sin, .cos: [try elementwise()]
        case .relu, .leakyRelu, .sigmoid, .tanh, .gelu: [try activation()]
        case .softmax: [try softmax()]
        case .logSoftmax: [try logSoftmax()]
        case .matMul: try matMul()
        case .gemm: try gemm()
        case .conv: try convolution()
        case .maxPool: [try maxPool()]
        case .averagePool: [try averagePool()]
        case .globalAveragePool: [try globalAveragePool()]
        case .batchNormalization: try batchNormalization()
        default:
            throw PithError(
                .unsupportedOperation, "\(op.name) has no gradient",
                advice: "train a graph without it, or do not ask for the gradients of what it takes")
        }
    }

    func input(_ index: Int) throws(PithError) -> Tensor {
        guard index < inputs.count, let tensor = inputs[index] else {
            throw PithError(.invalidGraph, "input \(index) of \(op.name) is missing")
        }
        return tensor
    }

    func needs(_ index: Int) -> Bool { index < needed.count && needed[index] }
}
