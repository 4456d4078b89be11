import CPithKernels
import Testing

/// A kernel, and how to compare it with a loop over scalars.
struct KernelCase: Sendable, CustomTestStringConvertible {
    /// As the kernels' list has it.
    let kernel: String
    let name: String
    /// Runs the kernel over many shapes and values; the first difference, or nil.
    let firstDifference: @Sendable (_ isa: Int32) -> String?

    var testDescription: String { name }

    init(_ kernel: String, name: String? = nil, firstDifference: @escaping @Sendable (_ isa: Int32) -> String?) {
        self.kernel = kernel
        self.name = name ?? kernel
        self.firstDifference = firstDifference
    }

    /// Every kernel that takes an instruction set.
    static let all: [KernelCase] =
        elementwise + sums + GradientCase.all + StepCase.all + ReductionCase.all + [
            KernelCase("matmul", name: "matmul", firstDifference: MatmulCase.firstDifference),
            KernelCase("matmul", name: "matmul, long sums", firstDifference: MatmulCase.firstDifferenceOfLongSums),
            KernelCase("matmul", name: "matmul, midpoints", firstDifference: MidpointCase.firstDifference),
            KernelCase("conv", name: "convolution", firstDifference: ConvolutionCase.firstDifference),
            KernelCase("narrow", name: "product by narrow weights", firstDifference: NarrowCase.firstDifference),
            KernelCase("quantize", name: "quantisation", firstDifference: IntegerCase.firstDifference),
            KernelCase("integers", name: "product of bytes", firstDifference: IntegerCase.firstDifference),
            KernelCase("sparse", name: "product by sparse weights", firstDifference: SparseCase.firstDifference),
            KernelCase("unary", name: "functions of one number", firstDifference: FunctionCase.firstDifference),
            KernelCase("softmax", name: "softmax", firstDifference: SoftmaxCase.firstDifference),
            KernelCase("avgpool", name: "average pooling", firstDifference: WindowCase.firstDifferenceOfAverages),
            KernelCase("maxpool", name: "maxpool", firstDifference: WindowCase.firstDifferenceOfPooling),
        ]
}

@Suite struct KernelTests {
    @Test(arguments: InstructionSet.available, KernelCase.all)
    func equalsScalarLoop(isa: InstructionSet, kernel: KernelCase) {
        let difference = kernel.firstDifference(isa.number)
        #expect(difference == nil)
    }

    @Test func everyKernelIsTested() {
        let kernels = Set((0..<pith_kernel_count()).map { unsafe String(cString: pith_kernel_name($0)) })
        let tested = Set(KernelCase.all.map(\.kernel))
        #expect(kernels == tested)
    }

    @Test func knowsItsInstructionSets() {
        #expect(pith_isa_supported(Int32(PITH_ISA_PORTABLE.rawValue)) == 1)
        #expect(pith_isa_supported(pith_isa_best()) == 1)
        for unknown: Int32 in [-1, 5, .max, .min] { #expect(pith_isa_supported(unknown) == 0) }
        let names = InstructionSet.available.map(\.testDescription)
        #expect(Set(names).count == names.count && !names.contains("unknown"))
        #if arch(x86_64)
            #expect(pith_isa_supported(Int32(PITH_ISA_NEON.rawValue)) == 0)
        #endif
    }

    @Test func runsPortableCodeForAnUnsupportedInstructionSet() {
        var y: [Float] = [0, 0, 0]
        unsafe pith_add_f32(99, &y, [1, -0.0, .infinity], [2, -0.0, -.infinity], 3)
        #expect(difference(y, [3, -0.0, canonicalNaN]) == nil)
    }
}
