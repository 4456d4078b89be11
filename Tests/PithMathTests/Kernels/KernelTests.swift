import CPithKernels
import Testing

/// A kernel, and how to compare it with a loop over scalars.
struct KernelCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// Runs the kernel over many shapes and values; the first difference, or nil.
    let firstDifference: @Sendable (_ isa: Int32) -> String?

    var testDescription: String { name }

    /// Every kernel that takes an instruction set.
    static let all: [KernelCase] =
        elementwise + [
            KernelCase(name: "matmul", firstDifference: MatmulCase.firstDifference),
            KernelCase(name: "matmul, long sums", firstDifference: MatmulCase.firstDifferenceOfLongSums),
            KernelCase(name: "matmul, midpoints", firstDifference: MidpointCase.firstDifference),
            KernelCase(name: "convolution", firstDifference: ConvolutionCase.firstDifference),
            KernelCase(name: "product by narrow weights", firstDifference: NarrowCase.firstDifference),
            KernelCase(name: "product by sparse weights", firstDifference: SparseCase.firstDifference),
            KernelCase(name: "functions of one number", firstDifference: FunctionCase.firstDifference),
            KernelCase(name: "softmax", firstDifference: SoftmaxCase.firstDifference),
            KernelCase(name: "im2col", firstDifference: WindowCase.firstDifferenceOfColumns),
            KernelCase(name: "maxpool", firstDifference: WindowCase.firstDifferenceOfPooling),
        ]
}

@Suite struct KernelTests {
    @Test(arguments: InstructionSet.available, KernelCase.all)
    func equalsScalarLoop(isa: InstructionSet, kernel: KernelCase) {
        let difference = kernel.firstDifference(isa.number)
        #expect(difference == nil)
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
