package import PithGraph

/// An operator bound to shapes and layouts, ready to run any number of times on memory that it is given.
///
/// Running allocates nothing and fails on nothing. Each case is a kernel's geometry: plain numbers, so that a plan of
/// kernels runs without counting references. A new kernel is a case here, its geometry in a file of its own, and a line
/// in `init`.
package enum Kernel: Sendable {
    case product(ProductKernel)
    case quantisedProduct(QuantisedProductKernel)
    case convolution(ConvolutionKernel)
    case maxPooling(MaxPoolingKernel)
    case elementwise(ElementwiseKernel)
    case softmax(SoftmaxKernel)
    case normalisation(NormalisationKernel)

    /// The kernel of an operator, or nil when there is none for these operands.
    ///
    /// - Parameters:
    ///   - op: The operator.
    ///   - attributes: With the table's defaults added.
    ///   - inputs: In the table's order; nil for one left out. A `MatMul` may have a third, a bias per column.
    ///   - output: The shape of the only output, of at least one element.
    ///   - fusion: What follows the operator; nothing but for products and convolutions.
    /// - Throws: `invalidAttribute`.
    package init?(
        _ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape,
        fusion: Fusion = Fusion()
    ) throws(PithError) {
        guard output.elementCount > 0, let first = inputs.first ?? nil, first.isPlainFloat else { return nil }
        switch op {
        case .gemm, .matMul:
            guard
                let kernel = try ProductKernel(op, attributes, inputs, output: output, fusion: fusion)
            else { return nil }
            self = .product(kernel)
        case .matMulInteger:
            guard let kernel = QuantisedProductKernel(inputs, output: output, fusion: fusion) else { return nil }
            self = .quantisedProduct(kernel)
        case .conv:
            guard let kernel = try ConvolutionKernel(attributes, inputs, output: output, fusion: fusion)
            else { return nil }
            self = .convolution(kernel)
        case .maxPool:
            guard let kernel = try MaxPoolingKernel(attributes, first, output: output) else { return nil }
            self = .maxPooling(kernel)
        case .add, .sub, .mul, .div, .relu, .leakyRelu, .neg, .abs, .sqrt, .exp, .log, .erf, .sigmoid, .tanh, .gelu:
            guard let kernel = try ElementwiseKernel(op, attributes, inputs, output: output) else { return nil }
            self = .elementwise(kernel)
        case .softmax, .logSoftmax:
            self = .softmax(try SoftmaxKernel(op, attributes, first))
        case .batchNormalization, .instanceNormalization, .layerNormalization, .globalAveragePool:
            guard let kernel = try NormalisationKernel(op, attributes, inputs) else { return nil }
            self = .normalisation(kernel)
        default:
            return nil
        }
    }

    /// Runs the kernel.
    package func run(_ memory: KernelMemory, on compute: Compute) {
        switch self {
        case .product(let kernel): unsafe kernel.run(memory, on: compute)
        case .quantisedProduct(let kernel): unsafe kernel.run(memory, on: compute)
        case .convolution(let kernel): unsafe kernel.run(memory, on: compute)
        case .maxPooling(let kernel): unsafe kernel.run(memory, on: compute)
        case .elementwise(let kernel): unsafe kernel.run(memory, on: compute)
        case .softmax(let kernel): unsafe kernel.run(memory, on: compute)
        case .normalisation(let kernel): unsafe kernel.run(memory, on: compute)
        }
    }

    /// How many bytes of scratch memory each thread needs, a multiple of `alignment`.
    package var scratchBytes: Int {
        let bytes =
            switch self {
            case .product(let kernel): kernel.scratchBytes
            case .quantisedProduct(let kernel): kernel.scratchBytes
            case .convolution(let kernel): kernel.scratchBytes
            case .maxPooling, .elementwise, .softmax, .normalisation: 0
            }
        return (bytes + Self.alignment - 1) / Self.alignment * Self.alignment
    }

    /// The boundary of scratch memory, in bytes.
    package static var alignment: Int { TensorStorage.alignment }

    /// What people call it.
    package var name: String {
        switch self {
        case .product(let kernel): kernel.name
        case .quantisedProduct: "quantised product"
        case .convolution(let kernel): kernel.name
        case .maxPooling: "max pooling"
        case .elementwise(let kernel): kernel.name
        case .softmax(let kernel): kernel.name
        case .normalisation(let kernel): kernel.name
        }
    }

    /// Whether the output may be the very memory of an input of its size.
    package var worksInPlace: Bool {
        switch self {
        case .elementwise, .softmax: true
        case .product, .quantisedProduct, .convolution, .maxPooling, .normalisation: false
        }
    }
}
