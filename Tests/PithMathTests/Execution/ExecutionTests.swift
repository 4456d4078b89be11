import CPithKernels
import PithGraph
import PithMath
import Testing

@Suite("Execution") struct ExecutionTests {
    @Test(
        "operators that move, compare, broadcast and reduce have kernels",
        arguments: OperatorCase.moving + OperatorCase.logic)
    func hasKernel(operatorCase: OperatorCase) throws {
        #expect(try operatorCase.hasKernel(operatorCase.inputs(special: false)))
    }

    @Test(
        "fast kernels equal the reference bit for bit",
        arguments: operatorCases + OperatorCase.moving + OperatorCase.logic, [false, true])
    func equalsReference(operatorCase: OperatorCase, special: Bool) throws {
        let inputs = operatorCase.inputs(special: special)
        for set in PithMath.InstructionSet.allCases where set.isSupported {
            for threads in [1, 2, 3] {
                let compute = try Compute(instructionSet: set, threads: threads)
                let (fast, reference) = try operatorCase.run(inputs, on: compute)
                #expect(fast == reference, "\(set.name), \(threads) threads")
            }
        }
    }

    @Test("a row's bits do not depend on the batch")
    func batchIndependence() throws {
        let all = OperatorCase(op: .gemm, shapes: [[130, 37], [37, 50], [50]])
        let inputs = all.inputs(special: false)
        let compute = try Compute()
        let whole = try all.run(inputs, on: compute).fast[0].floats
        let first = try #require(inputs[0]).floats
        for row in [0, 1, 64, 129] {
            let one = Tensor(Array(first[(row * 37)..<(row * 37 + 37)]), shape: [1, 37])
            let alone = try all.run([one, inputs[1], inputs[2]], on: compute).fast[0].floats
            #expect(alone == Array(whole[(row * 50)..<(row * 50 + 50)]))
        }
    }

    @Test("a packed second operand serves every form of Gemm and MatMul without the matrix itself")
    func packedAlone() throws {
        for one in operatorCases where one.op == .gemm || one.op == .matMul {
            let inputs = one.inputs(special: true)
            guard let matrix = inputs[1], matrix.shape.rank == 2 else { continue }
            let attributes = try one.op.defaultedAttributes(one.attributes)
            let transposed = try one.op == .gemm && attributes.flag(.transB)
            let expected = try one.run(inputs, on: Compute()).reference
            var remaining = inputs
            remaining[1] = nil
            let output = try Execution.apply(
                one.op, attributes, remaining, on: Compute(),
                packed: PackedMatrix(packing: matrix, transposed: transposed), outputShapes: expected.map(\.shape))
            #expect(output == expected, "\(one.testDescription)")
        }
    }

    @Test("sparse weights and palettes give the bits of the reference", arguments: [1, 3])
    func packedForms(threads: Int) throws {
        var values = Values(seed: 21)
        // None is sparse. A wide palette is one only where the matrix is large.
        for (floats, k, n) in [(0, 150, 200), (7, 150, 200), (64, 600, 450), (200, 600, 450)] {
            let rows = 5
            let palette = values.floats(max(floats, 7), .ordinary)
            let weights = (0..<k * n).map { index in
                floats == 0 && values.int(0...19) != 0
                    ? 0 : palette[index < palette.count ? index : values.int(0...palette.count - 1)]
            }
            let matrix = Tensor(weights, shape: [k, n])
            let packed = PackedMatrix(packing: matrix, transposed: false).compressed()
            let most = pith_palette_most_floats(pith_isa_best(), k, n)
            let form: KernelOperand.Layout =
                floats == 0 ? .sparse : floats <= most ? .palette(floats: floats) : .panels
            #expect(packed.layout == form)
            for kind in ValueKind.allCases {
                let (x, bias) = (values.floats(rows * k, kind), values.floats(n, .ordinary))
                let inputs = [Tensor(x, shape: [rows, k]), nil, Tensor(bias, shape: [n])]
                let attributes = try Operator.gemm.defaultedAttributes([:])
                let expected = try Execution.reference(
                    .gemm, attributes, [inputs[0], matrix, inputs[2]], [[rows, n]])
                let output = try Execution.apply(
                    .gemm, attributes, inputs, on: Compute(threads: threads), packed: packed, outputShapes: [[rows, n]])
                #expect(output == expected, "\(form), \(kind)")
            }
        }
    }

    @Test("convolution agrees with a float64 loop over a padded image")
    func convolutionInDouble() throws {
        let one = OperatorCase(
            op: .conv, shapes: [[2, 3, 7, 6], [4, 3, 3, 2], [4]], attributes: [.pads: [1, 0, 1, 1], .strides: [2, 1]])
        let inputs = one.inputs(special: false)
        let output = try one.run(inputs, on: Compute()).fast[0]
        let x = try #require(inputs[0]).floats
        let w = try #require(inputs[1]).floats
        let b = try #require(inputs[2]).floats
        #expect(output.shape == [2, 4, 4, 6])
        var padded = [Double](repeating: 0, count: 2 * 3 * 9 * 7)
        for plane in 0..<6 {
            for y in 0..<7 {
                for z in 0..<6 { padded[(plane * 9 + y + 1) * 7 + z] = Double(x[(plane * 7 + y) * 6 + z]) }
            }
        }
        for (index, value) in output.floats.enumerated() {
            let (n, m, row, column) = (index / 96, index / 24 % 4, index / 6 % 4, index % 6)
            var sum = Double(b[m])
            for c in 0..<3 {
                for ky in 0..<3 {
                    for kx in 0..<2 {
                        sum +=
                            padded[((n * 3 + c) * 9 + row * 2 + ky) * 7 + column + kx]
                            * Double(w[((m * 3 + c) * 3 + ky) * 2 + kx])
                    }
                }
            }
            #expect(abs(Double(value) - sum) < 1e-4)
        }
    }

    @Test(
        "softmax of extreme rows",
        arguments: [
            ([1e4, -1e4, 0], [1, 0, 0]), ([5, 5, 5, 5], [0.25, 0.25, 0.25, 0.25]),
            ([-.infinity, 0, 0], [0, 0.5, 0.5]),
            ([-.infinity, -.infinity], [.nan, .nan]), ([.infinity, 0], [.nan, .nan]), ([.nan, 0], [.nan, .nan]),
        ] as [([Float], [Float])])
    func softmaxSpecials(row: [Float], expected: [Float]) throws {
        let attributes: Attributes = [.axis: -1]
        let input = Tensor(row, shape: [1, row.count])
        let output = try Execution.apply(
            .softmax, attributes, [input], on: Compute(), outputShapes: [input.shape])[0].floats
        #expect(output.map(\.bitPattern) == expected.map { $0.isNaN ? 0x7FC0_0000 : $0.bitPattern })
        let logarithms = try Execution.apply(
            .logSoftmax, attributes, [input], on: Compute(), outputShapes: [input.shape])[0].floats
        for (logarithm, probability) in zip(logarithms, expected) where probability != 0 {
            #expect(logarithm.isNaN == probability.isNaN)
            if !probability.isNaN { #expect(logarithm == Elementary.log(probability)) }
        }
    }

    @Test("a region that is no number is outside") func resizedFromNowhere() throws {
        let attributes = try Operator.resize.defaultedAttributes([
            .coordinateTransformationMode: "tf_crop_and_resize", .mode: "nearest", .extrapolationValue: 7.0,
        ])
        let inputs = [
            Tensor([1, 2, 3], shape: [3]), Tensor([.nan, 1], shape: [2]), nil, Tensor(integers: [2], shape: [1]),
        ]
        let outputs = try Execution.apply(.resize, attributes, inputs, on: .single, outputCount: 1)
        #expect(outputs[0].floats == [7, 7])
    }

    @Test("one block may be as large as a number says") func greatestBlock() throws {
        let attributes = try Operator.dequantizeLinear.defaultedAttributes([.axis: 0, .blockSize: .int(.max)])
        let inputs = [try Tensor(bytes: [1, 2, 3], elementType: .uint8, shape: [3]), Tensor([0.5], shape: [1])]
        let outputs = try Execution.apply(.dequantizeLinear, attributes, inputs, on: .single, outputCount: 1)
        #expect(outputs[0].floats == [0.5, 1, 1.5])
    }

    @Test("what lies between a long input and a wide output is larger than anything may be") func resizedInBetween()
        throws
    {
        let attributes = try Operator.resize.defaultedAttributes([.mode: "linear"])
        let inputs = [Tensor(zeros: [1 << 21, 1]), nil, nil, Tensor(integers: [1, 1 << 21], shape: [2])]
        let error = #expect(throws: PithError.self) {
            try Execution.apply(.resize, attributes, inputs, on: .single, outputCount: 1)
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test("a window of pooling that would take hours is refused") func widePooling() throws {
        let attributes = try Operator.maxPool.defaultedAttributes([
            .kernelShape: [1 << 20, 1 << 20], .pads: [(1 << 20) - 1, (1 << 20) - 1, 0, 0],
        ])
        let error = #expect(throws: PithError.self) {
            try Execution.apply(.maxPool, attributes, [Tensor(zeros: [1, 1, 1, 1])], on: .single, outputCount: 1)
        }
        #expect(error?.code == .invalidAttribute)
    }
}
