import CPithKernels
import PithGraph

/// An operator on each element, or on each pair where a smaller operand repeats along the outer dimensions: operands
/// one or two inputs and the output, which may be the memory of an input of its size.
package struct ElementwiseKernel: Sendable {
    private let function: Function
    private let count: Int
    private let leftPeriod: Int
    private let rightPeriod: Int

    private enum Function: Sendable {
        /// By its number in `pith_unary`, with the attribute that it may have.
        case unary(pith_unary, alpha: Float)
        case add
        case sub
        case mul
        case div
    }

    /// Elements of one piece of work.
    private static let elementsPerPiece = 1 << 15

    init?(
        _ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape
    ) throws(PithError) {
        count = output.elementCount
        if let unary = try Self.unary(op, attributes) {
            function = unary
            (leftPeriod, rightPeriod) = (count, count)
            return
        }
        switch op {
        case .add: function = .add
        case .sub: function = .sub
        case .mul: function = .mul
        case .div: function = .div
        default: return nil
        }
        guard inputs.count == 2, let left = inputs[0], let right = inputs[1], right.isPlainFloat,
            Self.repeats(left.shape, in: output), Self.repeats(right.shape, in: output)
        else { return nil }
        (leftPeriod, rightPeriod) = (left.shape.elementCount, right.shape.elementCount)
        guard max(leftPeriod, rightPeriod) == count else { return nil }
    }

    private static func unary(_ op: Operator, _ attributes: Attributes) throws(PithError) -> Function? {
        switch op {
        case .relu: .unary(PITH_UNARY_RELU, alpha: 0)
        case .leakyRelu: .unary(PITH_UNARY_LEAKY_RELU, alpha: try attributes.float(.alpha))
        case .neg: .unary(PITH_UNARY_NEG, alpha: 0)
        case .abs: .unary(PITH_UNARY_ABS, alpha: 0)
        case .sqrt: .unary(PITH_UNARY_SQRT, alpha: 0)
        case .exp: .unary(PITH_UNARY_EXP, alpha: 0)
        case .log: .unary(PITH_UNARY_LOG, alpha: 0)
        case .erf: .unary(PITH_UNARY_ERF, alpha: 0)
        case .sigmoid: .unary(PITH_UNARY_SIGMOID, alpha: 0)
        case .tanh: .unary(PITH_UNARY_TANH, alpha: 0)
        case .gelu where try attributes.string(.approximate) == "none": .unary(PITH_UNARY_GELU, alpha: 0)
        case .gelu where try attributes.string(.approximate) == "tanh": .unary(PITH_UNARY_GELU_TANH, alpha: 0)
        default: nil
        }
    }

    /// Whether broadcasting repeats the whole operand, as it does a bias: its extents, without leading ones, are the
    /// last ones of the result.
    private static func repeats(_ operand: Shape, in shape: Shape) -> Bool {
        let own = Array(operand.dimensions.drop { $0 == 1 })
        return own.count <= shape.rank && own == Array(shape.dimensions.suffix(own.count))
    }

    var name: String {
        switch function {
        case .unary: "function of each element"
        case .add: "add"
        case .sub: "subtract"
        case .mul: "multiply"
        case .div: "divide"
        }
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        let isa = compute.instructionSet.rawValue
        if case .unary(let function, let alpha) = function {
            let pieces = (count + Self.elementsPerPiece - 1) / Self.elementsPerPiece
            unsafe compute.pool.forEach(count: pieces, of: (memory, isa, function, alpha, count)) { work, piece, _ in
                let (memory, isa, function, alpha, count) = unsafe work
                let first = piece * Self.elementsPerPiece
                unsafe pith_unary_f32(
                    isa, Int32(function.rawValue), memory.floats(1) + first, memory.floats(0) + first,
                    min(Self.elementsPerPiece, count - first), alpha)
            }
            return
        }
        let pieces = (count / period + periodsPerPiece - 1) / periodsPerPiece * ((period + length - 1) / length)
        unsafe compute.pool.forEach(count: pieces, of: (self, memory, isa)) { work, piece, _ in
            let (kernel, memory, isa) = unsafe work
            unsafe kernel.apply(isa, memory, piece: piece)
        }
    }

    /// The shorter operand's elements.
    private var period: Int { min(leftPeriod, rightPeriod) }

    /// Elements that a piece takes of a period: a long one is cut.
    private var length: Int { period >= Self.elementsPerPiece ? Self.elementsPerPiece : period }

    /// Whole periods, so that a piece begins where the shorter operand does.
    private var periodsPerPiece: Int { max(1, Self.elementsPerPiece / period) }

    private func apply(_ isa: Int32, _ memory: KernelMemory, piece: Int) {
        let (a, b, y) = unsafe (memory.floats(0), memory.floats(1), memory.floats(2))
        let (period, length) = (period, length)
        let perPeriod = (period + length - 1) / length
        let firstPeriod = piece / perPeriod * periodsPerPiece
        let offset = piece % perPeriod * length
        for index in firstPeriod..<min(firstPeriod + periodsPerPiece, count / period) {
            let start = index * period + offset
            unsafe apply(
                isa, y + start, a + (leftPeriod == count ? start : offset),
                b + (rightPeriod == count ? start : offset), min(length, period - offset))
        }
    }

    @inline(__always)
    private func apply(
        _ isa: Int32, _ y: UnsafeMutablePointer<Float>, _ a: UnsafeMutablePointer<Float>,
        _ b: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        switch function {
        case .sub: unsafe pith_sub_f32(isa, y, a, b, count)
        case .mul: unsafe pith_mul_f32(isa, y, a, b, count)
        case .div: unsafe pith_div_f32(isa, y, a, b, count)
        default: unsafe pith_add_f32(isa, y, a, b, count)
        }
    }
}
