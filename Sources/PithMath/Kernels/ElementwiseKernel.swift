import CPithKernels
import PithGraph

/// A function of each element: operands the input, for `Clip` its bounds, and the output, which may be the input's memory.
package struct ElementwiseKernel: Sendable {
    /// By its number in `pith_unary`, with the attributes that it may have.
    private let function: pith_unary
    private let alpha: Float
    private let beta: Float
    /// A round is an element.
    private let rounds: Rounds
    /// The operands that are the bounds of `Clip`, where they are given.
    private let low: Int?
    private let high: Int?
    private let output: Int

    init?(
        _ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape
    ) throws(PithError) {
        guard let (function, alpha, beta) = try Self.function(op, attributes) else { return nil }
        self.function = function
        self.alpha = alpha
        self.beta = beta
        rounds = Rounds(output.elementCount, elements: output.elementCount)
        low = inputs.count > 1 && inputs[1] != nil ? 1 : nil
        high = inputs.count > 2 && inputs[2] != nil ? 2 : nil
        self.output = inputs.count
    }

    private static func function(
        _ op: Operator, _ attributes: Attributes
    ) throws(PithError) -> (pith_unary, alpha: Float, beta: Float)? {
        switch op {
        case .relu: (PITH_UNARY_RELU, 0, 0)
        case .leakyRelu: (PITH_UNARY_LEAKY_RELU, try attributes.float(.alpha), 0)
        case .elu: (PITH_UNARY_ELU, try attributes.float(.alpha), 0)
        case .neg: (PITH_UNARY_NEG, 0, 0)
        case .abs: (PITH_UNARY_ABS, 0, 0)
        case .sqrt: (PITH_UNARY_SQRT, 0, 0)
        case .reciprocal: (PITH_UNARY_RECIPROCAL, 0, 0)
        case .exp: (PITH_UNARY_EXP, 0, 0)
        case .log: (PITH_UNARY_LOG, 0, 0)
        case .erf: (PITH_UNARY_ERF, 0, 0)
        case .sigmoid: (PITH_UNARY_SIGMOID, 0, 0)
        case .tanh: (PITH_UNARY_TANH, 0, 0)
        case .clip: (PITH_UNARY_CLIP, -.infinity, .infinity)
        case .hardSigmoid: (PITH_UNARY_HARD_SIGMOID, try attributes.float(.alpha), try attributes.float(.beta))
        case .hardSwish: (PITH_UNARY_HARD_SWISH, Float(1) / 6, 0.5)
        case .gelu where try attributes.string(.approximate) == "none": (PITH_UNARY_GELU, 0, 0)
        case .gelu where try attributes.string(.approximate) == "tanh": (PITH_UNARY_GELU_TANH, 0, 0)
        default: nil
        }
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let (pieces, isa) = (rounds.pieces(for: compute.pool), compute.instructionSet.rawValue)
        unsafe compute.pool.forEach(count: pieces.count, of: (self, memory, isa, pieces)) { work, piece, _ in
            let (kernel, memory, isa, pieces) = unsafe work
            let (first, count) = (pieces[piece].lowerBound, pieces[piece].count)
            unsafe pith_unary_f32(
                isa, Int32(kernel.function.rawValue), memory.floats(kernel.output) + first, memory.floats(0) + first,
                count, memory.optionalFloats(kernel.low)?.pointee ?? kernel.alpha,
                memory.optionalFloats(kernel.high)?.pointee ?? kernel.beta)
        }
    }
}
