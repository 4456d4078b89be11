import CPithKernels
import PithGraph
import PithMath
import Testing

/// One case of the table: an operator with inputs of odd shapes.
struct OperatorCase: CustomTestStringConvertible, Sendable {
    let op: Operator
    let shapes: [Shape?]
    var attributes: Attributes = [:]
    var testDescription: String { "\(op.name) \(shapes.map { $0?.description ?? "-" })" }

    /// Inputs from a named stream, with special values sprinkled in when asked for.
    func inputs(special: Bool) -> [Tensor?] {
        var stream = RandomStream(seed: 7, name: testDescription)
        let specials: [Float] = [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 3e38]
        return shapes.map { shape in
            guard let shape else { return nil }
            let floats = (0..<shape.elementCount).map { _ -> Float in
                let value = stream.normal()
                return special && stream.next(below: 9) == 0 ? specials[stream.next(below: specials.count)] : value
            }
            return Tensor(floats, shape: shape)
        }
    }

    func run(_ inputs: [Tensor?], on compute: Compute) throws -> (fast: [Tensor], reference: [Tensor]) {
        let attributes = try op.defaultedAttributes(attributes)
        let types = inputs.map { $0.map { ValueType($0.elementType, $0.shape) } }
        let outputs = try op.outputTypes(inputs: types, attributes: attributes)
        let shapes = try outputs.map { try $0.shape() }
        return (
            try Execution.apply(op, attributes, inputs, on: compute, outputShapes: shapes),
            try Execution.reference(op, attributes, inputs, shapes)
        )
    }
}

let operatorCases: [OperatorCase] = [
    OperatorCase(op: .gemm, shapes: [[1, 7], [7, 5], [5]]),
    OperatorCase(op: .gemm, shapes: [[3, 33], [19, 33], [1, 19]], attributes: [.transB: 1]),
    OperatorCase(op: .gemm, shapes: [[130, 17], [17, 65], nil]),
    OperatorCase(
        op: .gemm, shapes: [[9, 70], [9, 20], [70, 20]], attributes: [.transA: 1, .beta: 0.5, .alpha: 2.0]),
    OperatorCase(op: .gemm, shapes: [[9, 70], [9, 20], [20]], attributes: [.transA: 1]),
    OperatorCase(op: .matMul, shapes: [[2, 3, 9], [9, 31]]),
    OperatorCase(op: .matMul, shapes: [[2, 1, 3, 4], [5, 4, 2]]),
    OperatorCase(op: .matMul, shapes: [[4], [4]]),
    OperatorCase(op: .conv, shapes: [[2, 1, 9, 11], [5, 1, 3, 3], [5]], attributes: [.pads: [1, 1, 1, 1]]),
    OperatorCase(op: .conv, shapes: [[3, 4, 8, 7], [6, 2, 3, 2], nil], attributes: [.group: 2, .strides: [2, 1]]),
    OperatorCase(
        op: .conv, shapes: [[1, 3, 12, 12], [17, 3, 3, 3], [17]],
        attributes: [.dilations: [2, 3], .pads: [0, 1, 2, 3]]),
    OperatorCase(
        op: .maxPool, shapes: [[2, 3, 9, 10]],
        attributes: [.kernelShape: [3, 2], .strides: [2, 2], .pads: [1, 0, 1, 1], .ceilMode: 1]),
    OperatorCase(op: .relu, shapes: [[3, 41]]),
    OperatorCase(op: .add, shapes: [[3, 41], [3, 41]]),
    OperatorCase(op: .mul, shapes: [[3, 41], [41]]),
    OperatorCase(op: .sub, shapes: [[3, 41], [3, 41]]),
    OperatorCase(op: .softmax, shapes: [[5, 10]]),
    OperatorCase(op: .softmax, shapes: [[70, 300]]),
    OperatorCase(op: .softmax, shapes: [[3, 17, 5]], attributes: [.axis: 1]),
    OperatorCase(op: .logSoftmax, shapes: [[33, 9, 2]], attributes: [.axis: 0]),
    OperatorCase(op: .leakyRelu, shapes: [[3, 41]], attributes: [.alpha: 0.3]),
    OperatorCase(op: .neg, shapes: [[3, 41]]),
    OperatorCase(op: .abs, shapes: [[3, 41]]),
    OperatorCase(op: .sqrt, shapes: [[3, 41]]),
    OperatorCase(op: .exp, shapes: [[3, 41]]),
    OperatorCase(op: .log, shapes: [[3, 41]]),
    OperatorCase(op: .erf, shapes: [[3, 41]]),
    OperatorCase(op: .sigmoid, shapes: [[3, 41]]),
    OperatorCase(op: .tanh, shapes: [[2, 33_000]]),
    OperatorCase(op: .gelu, shapes: [[3, 41]]),
    OperatorCase(op: .gelu, shapes: [[3, 41]], attributes: [.approximate: "tanh"]),
    OperatorCase(op: .gemm, shapes: [[9, 70], [70, 20], [9, 1]]),
    OperatorCase(op: .gemm, shapes: [[9, 7], [7, 20], [9, 20]], attributes: [.beta: 0.0]),
    OperatorCase(op: .gemm, shapes: [[0, 7], [7, 20], [20]]),
    OperatorCase(op: .matMul, shapes: [[4], [4, 18]]),
    OperatorCase(op: .conv, shapes: [[1, 2, 29, 31], [3, 2, 5, 5], [3]], attributes: [.pads: [2, 2, 2, 2]]),
    OperatorCase(op: .conv, shapes: [[2, 600, 7, 7], [2, 300, 3, 3], [2]], attributes: [.group: 2]),
    OperatorCase(op: .add, shapes: [[5], [2, 3, 5]]),
    OperatorCase(op: .sub, shapes: [[2, 3, 5], [1, 1, 3, 5]]),
    OperatorCase(op: .add, shapes: [[4, 1], [1, 5]]),
    OperatorCase(op: .mul, shapes: [[2, 3, 4], [3, 1]]),
    OperatorCase(op: .mul, shapes: [[], [3, 4]]),
    OperatorCase(
        op: .conv, shapes: [[2, 6, 13, 19], [6, 1, 3, 3], [6]], attributes: [.group: 6, .pads: [1, 1, 1, 1]]),
    OperatorCase(
        op: .conv, shapes: [[2, 4, 61], [6, 2, 5], [6]],
        attributes: [.group: 2, .pads: [3, 2], .strides: [2], .dilations: [3]]),
    OperatorCase(op: .conv, shapes: [[1, 3, 40], [9, 3, 3], nil]),
    OperatorCase(op: .conv, shapes: [[2, 5, 33], [5, 1, 4], [5]], attributes: [.group: 5, .pads: [1, 2]]),
    OperatorCase(
        op: .maxPool, shapes: [[2, 3, 45]],
        attributes: [.kernelShape: [3], .strides: [2], .pads: [1, 1], .ceilMode: 1]),
    OperatorCase(op: .div, shapes: [[3, 41], [41]]),
    OperatorCase(op: .div, shapes: [[5], [2, 3, 5]]),
    OperatorCase(op: .globalAveragePool, shapes: [[2, 3, 7, 9]]),
    OperatorCase(op: .batchNormalization, shapes: [[2, 3, 7, 9], [3], [3], [3], [3]]),
    OperatorCase(op: .batchNormalization, shapes: [[5, 3], [3], [3], [3], [3]]),
    OperatorCase(op: .instanceNormalization, shapes: [[2, 3, 37], [3], [3]]),
    OperatorCase(op: .layerNormalization, shapes: [[4, 70], [70], [70]]),
    OperatorCase(op: .layerNormalization, shapes: [[4, 5, 7], [5, 7], nil], attributes: [.axis: 1]),
    OperatorCase(op: .layerNormalization, shapes: [[4, 5, 7], [7], [5, 7]], attributes: [.axis: -2]),
]

@Suite("Execution") struct ExecutionTests {
    @Test("fast kernels equal the reference bit for bit", arguments: operatorCases, [false, true])
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
}
