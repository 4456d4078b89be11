package import PithGraph

/// An operator bound to shapes and layouts, ready to run any number of times on memory that it is given.
///
/// Running allocates nothing, and fails only on elements that say where others are. Each case is a kernel's geometry: plain
/// numbers, so that a plan of kernels runs without counting references. A new kernel is a case here, its geometry in a file
/// of its own, and a line in `moving` or `computing`.
package enum Kernel: Sendable {
    case product(ProductKernel)
    case stackedProduct(StackedProductKernel)
    case quantisedProduct(QuantisedProductKernel)
    case convolution(ConvolutionKernel)
    case pooling(PoolingKernel)
    case elementwise(ElementwiseKernel)
    case pairs(PairsKernel)
    case reduction(ReductionKernel)
    case softmax(SoftmaxKernel)
    case normalisation(NormalisationKernel)
    case movement(MovementKernel)
    case concatenation(ConcatenationKernel)
    case gather(GatherKernel)
    case split(SplitKernel)
    case padding(PaddingKernel)
    case choice(ChoiceKernel)
    case relation(RelationKernel)
    case position(PositionKernel)

    /// The kernel of an operator, or nil when there is none for these operands.
    ///
    /// - Parameters:
    ///   - op: The operator.
    ///   - attributes: With the table's defaults added.
    ///   - inputs: In the table's order; nil for one left out. A `MatMul` may have a third, a bias per column.
    ///   - outputs: The shapes of the outputs; only `Split` may have several, and only its may be of no element.
    ///   - fusion: What follows the operator; nothing but for products and convolutions.
    /// - Throws: `invalidAttribute`.
    package init?(
        _ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?], outputs: [Shape],
        fusion: Fusion = Fusion()
    ) throws(PithError) {
        guard let first = inputs.first ?? nil, !first.isPacked else { return nil }
        if op == .split, let kernel = try SplitKernel(attributes, inputs, outputs: outputs) {
            self = .split(kernel)
            return
        }
        guard outputs.count == 1, outputs[0].elementCount > 0 else { return nil }
        let output = outputs[0]
        if let kernel = try Self.moving(op, attributes, inputs, output: output) {
            self = kernel
            return
        }
        guard first.isPlainFloat,
            let kernel = try Self.computing(op, attributes, inputs, first, output: output, fusion)
        else { return nil }
        self = kernel
    }

    /// The kernel of an operator that moves elements, or compares them, of more types than float32.
    private static func moving(
        _ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape
    ) throws(PithError) -> Kernel? {
        switch op {
        case .transpose, .expand, .tile, .slice:
            try MovementKernel(op, attributes, inputs, output: output).map { .movement($0) }
        case .concat: try ConcatenationKernel(attributes, inputs, output: output).map { .concatenation($0) }
        case .gather: try GatherKernel(attributes, inputs).map { .gather($0) }
        case .pad: try PaddingKernel(op, attributes, inputs, output: output).map { .padding($0) }
        case .where: ChoiceKernel(inputs, output: output).map { .choice($0) }
        case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .not:
            RelationKernel(op, inputs, output: output).map { .relation($0) }
        default: nil
        }
    }

    /// The kernel of an operator on float32.
    private static func computing(
        _ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?], _ first: KernelOperand, output: Shape,
        _ fusion: Fusion
    ) throws(PithError) -> Kernel? {
        switch op {
        case .gemm, .matMul:
            if let kernel = try ProductKernel(op, attributes, inputs, output: output, fusion: fusion) {
                return .product(kernel)
            }
            guard op == .matMul else { return nil }
            return try StackedProductKernel(attributes, inputs, output: output).map { .stackedProduct($0) }
        case .matMulInteger:
            return QuantisedProductKernel(inputs, output: output, fusion: fusion).map { .quantisedProduct($0) }
        case .conv:
            return try ConvolutionKernel(attributes, inputs, output: output, fusion: fusion).map { .convolution($0) }
        case .maxPool, .averagePool:
            return try PoolingKernel(op, attributes, first, output: output).map { .pooling($0) }
        case .add, .sub, .mul, .div, .min, .max, .pRelu:
            return PairsKernel(op, inputs, output: output).map { .pairs($0) }
        case .relu, .leakyRelu, .elu, .hardSigmoid, .hardSwish, .gelu, .sigmoid, .tanh, .clip, .neg, .abs, .reciprocal,
            .sqrt, .exp, .log, .erf:
            return try ElementwiseKernel(op, attributes, inputs, output: output).map { .elementwise($0) }
        case .reduceSum, .reduceMean, .reduceL2, .reduceMax, .reduceMin, .globalMaxPool:
            return try ReductionKernel(op, attributes, inputs).map { .reduction($0) }
        case .argMax, .argMin:
            return try PositionKernel(op, attributes, first).map { .position($0) }
        case .softmax, .logSoftmax:
            return .softmax(try SoftmaxKernel(op, attributes, first))
        case .batchNormalization, .instanceNormalization, .layerNormalization, .globalAveragePool:
            return try NormalisationKernel(op, attributes, inputs).map { .normalisation($0) }
        default:
            return nil
        }
    }

    /// Runs the kernel.
    ///
    /// - Throws: `invalidArgument` for a number of `Gather` that is out of range.
    package func run(_ memory: KernelMemory, on compute: Compute) throws(PithError) {
        switch self {
        case .product(let kernel): unsafe kernel.run(memory, on: compute)
        case .stackedProduct(let kernel): unsafe kernel.run(memory, on: compute)
        case .quantisedProduct(let kernel): unsafe kernel.run(memory, on: compute)
        case .convolution(let kernel): unsafe kernel.run(memory, on: compute)
        case .pooling(let kernel): unsafe kernel.run(memory, on: compute)
        case .elementwise(let kernel): unsafe kernel.run(memory, on: compute)
        case .pairs(let kernel): unsafe kernel.run(memory, on: compute)
        case .reduction(let kernel): unsafe kernel.run(memory, on: compute)
        case .softmax(let kernel): unsafe kernel.run(memory, on: compute)
        case .normalisation(let kernel): unsafe kernel.run(memory, on: compute)
        case .movement(let kernel): unsafe kernel.run(memory, on: compute)
        case .concatenation(let kernel): unsafe kernel.run(memory)
        case .gather(let kernel): try unsafe kernel.run(memory)
        case .split(let kernel): unsafe kernel.run(memory)
        case .padding(let kernel): unsafe kernel.run(memory)
        case .choice(let kernel): unsafe kernel.run(memory, on: compute)
        case .relation(let kernel): unsafe kernel.run(memory, on: compute)
        case .position(let kernel): unsafe kernel.run(memory, on: compute)
        }
    }

    /// How many bytes of scratch memory each thread needs, a multiple of `alignment`.
    package var scratchBytes: Int {
        let bytes =
            switch self {
            case .product(let kernel): kernel.scratchBytes
            case .stackedProduct(let kernel): kernel.scratchBytes
            case .quantisedProduct(let kernel): kernel.scratchBytes
            case .convolution(let kernel): kernel.scratchBytes
            default: 0
            }
        return (bytes + Self.alignment - 1) / Self.alignment * Self.alignment
    }

    /// The boundary of scratch memory, in bytes.
    package static var alignment: Int { TensorStorage.alignment }

    /// What people call it.
    package var name: String {
        switch self {
        case .product(let kernel): kernel.name
        case .stackedProduct: "stacked products"
        case .quantisedProduct: "quantised product"
        case .convolution(let kernel): kernel.name
        case .pooling(let kernel): kernel.name
        case .elementwise: "function of each element"
        case .pairs(let kernel): kernel.name
        case .reduction(let kernel): kernel.name
        case .softmax(let kernel): kernel.name
        case .normalisation(let kernel): kernel.name
        case .movement: "copy of elements"
        case .concatenation, .split: "copy of blocks"
        case .gather: "copy of slices"
        case .padding: "copy into a border"
        case .choice: "choice of elements"
        case .relation: "relation of elements"
        case .position: "positions of extremes"
        }
    }

    /// Whether the output may be the very memory of an input of its size.
    package var worksInPlace: Bool {
        switch self {
        case .elementwise, .pairs, .softmax: true
        default: false
        }
    }

    /// The type of the elements of the outputs.
    func outputType(_ inputs: [KernelOperand?]) -> ElementType {
        switch self {
        case .movement, .concatenation, .gather, .split, .padding: inputs[0]?.elementType ?? .float32
        case .choice: inputs[1]?.elementType ?? .float32
        case .relation: .bool
        case .position: .int64
        default: .float32
        }
    }
}
