import Foundation
import PithGraph
import PithMath
import Testing

/// Runs the scalar reference over float32, with shapes by the shape rule.
private func reference(
    _ op: Operator, _ inputs: [([Float], Shape)], _ given: Attributes = [:]
) throws -> (values: [Float], shape: Shape) {
    let attributes = try op.defaultedAttributes(given)
    let types = inputs.map { ValueType(.float32, $0.1) }
    let outputs = try op.outputTypes(inputs: types, attributes: attributes)
    let tensors = inputs.map { ReferenceTensor<Float>($0.0, shape: $0.1) }
    let result = try Reference.apply(op, attributes, tensors, outputShapes: outputs.map { try $0.shape() })[0]
    return (result.elements, result.shape)
}

/// 1, 2, 3 and so on.
private func counting(_ count: Int) -> [Float] { (1...count).map { Float($0) } }

@Suite("Reference") struct ReferenceTests {
    @Test("numbers worked out by hand: pooling")
    func pooling() throws {
        let image: ([Float], Shape) = (counting(9), [1, 1, 3, 3])
        let pad: Attributes = [.kernelShape: [2, 2], .strides: [2, 2], .pads: [1, 1, 0, 0]]
        #expect(try reference(.maxPool, [image], pad).values == [1, 3, 7, 9])
        #expect(try reference(.averagePool, [image], pad).values == [1, 2.5, 5.5, 7])
        var counted = pad
        counted[.countIncludePad] = 1
        #expect(try reference(.averagePool, [image], counted).values == [0.25, 1.25, 2.75, 7])
        // The last windows run over the end of the image, which is not padding.
        let ceiling: Attributes = [.kernelShape: [2, 2], .strides: [2, 2], .ceilMode: 1]
        #expect(try reference(.maxPool, [image], ceiling).values == [5, 6, 8, 9])
        #expect(try reference(.averagePool, [image], ceiling).values == [3, 4.5, 7.5, 9])
        var both = ceiling
        both[.countIncludePad] = 1
        #expect(try reference(.averagePool, [image], both).values == [3, 4.5, 7.5, 9])
        let dilated: Attributes = [.kernelShape: [2, 2], .dilations: [2, 2]]
        #expect(try reference(.averagePool, [image], dilated).values == [5])
        let global = try reference(.globalAveragePool, [([1, 2, 3, 6, 0, 0, 0, 2], [1, 2, 2, 2])])
        #expect(global.values == [3, 0.5])
        #expect(global.shape == [1, 2, 1, 1])
        #expect(
            try reference(.maxPool, [([-0.0, 0], [1, 1, 1, 2])], [.kernelShape: [1, 2]]).values[0].sign == .minus)
    }

    @Test("numbers worked out by hand: moving and broadcasting")
    func moving() throws {
        let six: ([Float], Shape) = (counting(6), [2, 3])
        #expect(try reference(.transpose, [six]).values == [1, 4, 2, 5, 3, 6])
        let turned = try reference(.transpose, [(counting(8), [2, 2, 2])], [.perm: [1, 2, 0]])
        #expect(turned.values == [1, 5, 2, 6, 3, 7, 4, 8])
        #expect(try reference(.div, [six, ([2, 4], [2, 1])]).values == [0.5, 1, 1.5, 1, 1.25, 1.5])
        #expect(try reference(.pow, [six, ([2], [])]).values == [1, 4, 9, 16, 25, 36])
        #expect(try reference(.sub, [([1, 2], [2, 1]), ([1, 2, 3], [3])]).values == [0, -1, -2, 1, 0, -1])
        #expect(try reference(.flatten, [six], [.axis: 0]).shape == [1, 6])
    }

    @Test("numbers worked out by hand: products")
    func products() throws {
        let a: ([Float], Shape) = (counting(4), [2, 2])
        let scaled = try reference(.gemm, [a, a, ([10, 20], [2, 1])], [.alpha: 2.0, .beta: 0.5, .transB: 1])
        #expect(scaled.values == [15, 27, 32, 60])
        #expect(try reference(.gemm, [a, a], [.transA: 1]).values == [10, 14, 14, 20])
        let stacked = try reference(.matMul, [(counting(4), [2, 1, 2]), (counting(4), [2, 2])])
        #expect(stacked.values == [7, 10, 15, 22])
        #expect(stacked.shape == [2, 1, 2])
        // One rounding: 2⁻²⁴ · 2⁻²⁴ is lost beside 1 when the product (1 + 2⁻¹²)² is rounded first.
        let x: Float = 1 + 0x1p-12
        #expect(try reference(.matMul, [([1, x], [2]), ([-1, x], [2])]).values == [0x1p-11 + 0x1p-24])
    }

    @Test("a sum is sixteen sums, then their sum")
    func sumsOfLanes() throws {
        // One by one the ones would be lost beside 2²⁴; sum 1 takes two of them first.
        let x: [Float] = [0x1p24, 1] + [Float](repeating: 0, count: 14) + [1, 1]
        #expect(try reference(.reduceSum, [(x, [18])]).values == [0x1p24 + 2])
        #expect(try reference(.globalAveragePool, [(x, [1, 1, 3, 6])]).values == [(0x1p24 + 2) / 18])
        let roots = x.map { $0.squareRoot() }
        #expect(try reference(.reduceL2, [(roots, [18])]).values == [Float(0x1p24 + 2).squareRoot()])
    }

    @Test("batch normalization agrees with float64")
    func batchNormalization() throws {
        let x = counting(8).map { $0 / 3 }
        let (scale, offset, mean, variance): ([Float], [Float], [Float], [Float]) = (
            [0.7, -2], [0.1, 3], [1.5, -0.25], [0.3, 4]
        )
        let y = try reference(
            .batchNormalization,
            [(x, [2, 2, 2]), (scale, [2]), (offset, [2]), (mean, [2]), (variance, [2])], [.epsilon: 0.5]
        ).values
        for index in x.indices {
            let c = index / 2 % 2
            let expected =
                (Double(x[index]) - Double(mean[c])) / (Double(variance[c]) + 0.5).squareRoot() * Double(scale[c])
                + Double(offset[c])
            #expect(abs(Double(y[index]) - expected) < 1e-6)
        }
    }

    @Test("functions of one number agree with float64")
    func functions() throws {
        let x: [Float] = [-3, -1.25, -0.5, -0.0, 0.125, 0.75, 1.5, 4]
        let functions: [(Operator, Attributes, (Double) -> Double)] = [
            (.neg, [:], { -$0 }), (.abs, [:], { abs($0) }), (.exp, [:], { exp($0) }), (.erf, [:], { erf($0) }),
            (.sin, [:], { sin($0) }), (.cos, [:], { cos($0) }), (.tanh, [:], { tanh($0) }),
            (.relu, [:], { max($0, 0) }), (.leakyRelu, [.alpha: 0.25], { $0 < 0 ? 0.25 * $0 : $0 }),
            (.sigmoid, [:], { 1 / (1 + exp(-$0)) }), (.sqrt, [:], { $0.squareRoot() }), (.log, [:], { log($0) }),
            (.gelu, [:], { $0 * 0.5 * (1 + erf($0 / 2.0.squareRoot())) }),
            (
                .gelu, [.approximate: "tanh"],
                { $0 * 0.5 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
            ),
        ]
        for (op, attributes, function) in functions {
            let y = try reference(op, [(x, [8])], attributes).values
            for (argument, value) in zip(x, y) {
                let expected = function(Double(argument))
                #expect(
                    expected.isNaN && value.bitPattern == 0x7FC0_0000 || Double(value) == expected
                        || abs(Double(value) - expected) <= 1e-6 * max(1, abs(expected)), "\(op.name) of \(argument)")
            }
        }
    }

    @Test("softmax and its logarithm agree with float64 along any axis")
    func softmax() throws {
        let x = (0..<24).map { Float($0 * 7 % 11) - 5 }
        for (axis, stride, length) in [(0, 12, 2), (1, 4, 3), (-1, 1, 4)] {
            let y = try reference(.softmax, [(x, [2, 3, 4])], [.axis: .int(Int64(axis))]).values
            let z = try reference(.logSoftmax, [(x, [2, 3, 4])], [.axis: .int(Int64(axis))]).values
            for index in x.indices {
                let first = index - index / stride % length * stride
                let sum = (0..<length).reduce(0.0) { $0 + exp(Double(x[first + $1 * stride])) }
                let expected = exp(Double(x[index])) / sum
                #expect(abs(Double(y[index]) - expected) < 1e-6)
                #expect(abs(Double(z[index]) - log(expected)) < 1e-5)
            }
        }
    }

    @Test("a NaN of any kind gives the canonical one")
    func canonicalNaN() throws {
        let odd = Float(bitPattern: 0xFFA1_2345)
        for op in [Operator.neg, .abs, .relu, .leakyRelu, .sqrt, .sigmoid, .gelu] {
            #expect(try reference(op, [([odd], [1])]).values[0].bitPattern == 0x7FC0_0000, "\(op.name)")
        }
        let kept = try reference(.transpose, [([odd], [1, 1])]).values[0]
        #expect(kept.bitPattern & 0x003F_FFFF == 0x0021_2345)
    }
}
