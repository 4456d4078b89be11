import CPithKernels
import PithGraph

/// A function of each element: operands the input and the output, which may be the same memory.
package struct ElementwiseKernel: Sendable {
    /// By its number in `pith_unary`, with the attribute that it may have.
    private let function: pith_unary
    private let alpha: Float
    private let count: Int

    /// Elements of one piece of work.
    private static let elementsPerPiece = 1 << 15

    init?(_ op: Operator, _ attributes: Attributes, output: Shape) throws(PithError) {
        guard let (function, alpha) = try Self.function(op, attributes) else { return nil }
        self.function = function
        self.alpha = alpha
        count = output.elementCount
    }

    private static func function(
        _ op: Operator, _ attributes: Attributes
    ) throws(PithError) -> (pith_unary, alpha: Float)? {
        switch op {
        case .relu: (PITH_UNARY_RELU, 0)
        case .leakyRelu: (PITH_UNARY_LEAKY_RELU, try attributes.float(.alpha))
        case .neg: (PITH_UNARY_NEG, 0)
        case .abs: (PITH_UNARY_ABS, 0)
        case .sqrt: (PITH_UNARY_SQRT, 0)
        case .exp: (PITH_UNARY_EXP, 0)
        case .log: (PITH_UNARY_LOG, 0)
        case .erf: (PITH_UNARY_ERF, 0)
        case .sigmoid: (PITH_UNARY_SIGMOID, 0)
        case .tanh: (PITH_UNARY_TANH, 0)
        case .gelu where try attributes.string(.approximate) == "none": (PITH_UNARY_GELU, 0)
        case .gelu where try attributes.string(.approximate) == "tanh": (PITH_UNARY_GELU_TANH, 0)
        default: nil
        }
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let isa = compute.instructionSet.rawValue
        let pieces = (count + Self.elementsPerPiece - 1) / Self.elementsPerPiece
        unsafe compute.pool.forEach(count: pieces, of: (self, memory, isa)) { work, piece, _ in
            let (kernel, memory, isa) = unsafe work
            let first = piece * Self.elementsPerPiece
            unsafe pith_unary_f32(
                isa, Int32(kernel.function.rawValue), memory.floats(1) + first, memory.floats(0) + first,
                min(Self.elementsPerPiece, kernel.count - first), kernel.alpha)
        }
    }
}
