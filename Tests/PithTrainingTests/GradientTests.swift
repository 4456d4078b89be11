import PithGraph
import PithMath
import PithTraining
import Testing

/// Each gradient against central differences in double precision, over odd shapes.
struct GradientTests {
    private static let tolerance = 2e-5

    @Test(arguments: [Operator.neg, .abs, .exp, .erf, .sin, .cos, .relu, .leakyRelu, .sigmoid, .tanh, .gelu, .identity])
    func functionsOfOneElement(_ op: Operator) throws {
        let x = Check.random([3, 7, 5], op.name, in: -3..<3)
        #expect(try Check.error(op, [x]) < Self.tolerance)
    }

    @Test(arguments: [Operator.sqrt, .log])
    func functionsOfPositiveNumbers(_ op: Operator) throws {
        #expect(try Check.error(op, [Check.random([5, 7], op.name, in: 0.2..<3)]) < Self.tolerance)
    }

    @Test func attributesOfActivations() throws {
        let x = Check.random([33], "x", in: -3..<3)
        #expect(try Check.error(.gelu, [.approximate: "tanh"], [x]) < Self.tolerance)
        #expect(try Check.error(.leakyRelu, [.alpha: 0.3], [x]) < Self.tolerance)
    }

    @Test(arguments: [Operator.add, .sub, .mul, .div, .pow])
    func broadcasting(_ op: Operator) throws {
        let shapes: [(Shape, Shape)] = [
            ([3, 5], [3, 5]), ([3, 5], [5]), ([5], [3, 5]), ([2, 1, 3], [4, 1]), ([], [3, 2]), ([3, 1], [1, 7]),
            ([2, 3, 1, 2], [2, 1, 3, 2]),
        ]
        for (left, right) in shapes {
            let a = Check.random(left, "a", in: 0.3..<2)
            let b = Check.random(right, "b", in: 0.4..<2)
            #expect(try Check.error(op, [a, b]) < Self.tolerance, "\(left) and \(right)")
        }
    }

    @Test(arguments: [Operator.softmax, .logSoftmax])
    func softmaxAlongAnyAxis(_ op: Operator) throws {
        for axis in [-1, 0, 1] as [Int64] {
            let x = Check.random([3, 7, 5], op.name, in: -3..<3)
            #expect(try Check.error(op, [.axis: .int(axis)], [x]) < Self.tolerance, "axis \(axis)")
        }
    }

    @Test func products() throws {
        #expect(try Check.error(.matMul, [Check.random([3, 7], "a"), Check.random([7, 5], "b")]) < Self.tolerance)
        for transA in [0, 1] as [Int64] {
            for transB in [0, 1] as [Int64] {
                let a = Check.random(transA == 1 ? [7, 3] : [3, 7], "a")
                let b = Check.random(transB == 1 ? [17, 7] : [7, 17], "b")
                for c in [[17], [3, 17], [3, 1], [1, 17]] as [Shape] {
                    let attributes: Attributes = [
                        .transA: .int(transA), .transB: .int(transB), .alpha: 0.7, .beta: 1.3,
                    ]
                    let error = try Check.error(.gemm, attributes, [a, b, Check.random(c, "c")])
                    #expect(error < Self.tolerance, "\(transA) \(transB) \(c)")
                }
            }
        }
    }

    @Test func convolutions() throws {
        let cases: [(Shape, Shape, Attributes)] = [
            ([2, 3, 7, 5], [4, 3, 3, 3], [:]),
            ([3, 1, 6, 9], [2, 1, 3, 2], [.pads: [1, 0, 2, 1], .strides: [2, 3]]),
            ([2, 4, 9, 8], [6, 2, 3, 3], [.group: 2, .dilations: [2, 1], .pads: [1, 2, 1, 2]]),
            ([1, 3, 5, 5], [3, 1, 3, 3], [.group: 3, .pads: [2, 2, 2, 2], .strides: [2, 2]]),
            ([2, 2, 4, 4], [3, 2, 1, 1], [.strides: [3, 2]]),
            ([2, 1, 3, 4], [2, 1, 1, 1], [.pads: [1, 2, 1, 0], .strides: [2, 1]]),
            ([1, 2, 3, 3], [2, 2, 2, 2], [.pads: [0, 3, 2, 3], .strides: [1, 3]]),
            ([2, 6, 5, 5], [7, 6, 3, 2], [.pads: [1, 1, 1, 1]]),
        ]
        for (image, weight, attributes) in cases {
            let inputs = [
                Check.random(image, "x"), Check.random(weight, "w"), Check.random([weight[0]], "b"),
            ]
            #expect(try Check.error(.conv, attributes, inputs) < Self.tolerance, "\(image) \(weight)")
            #expect(try Check.error(.conv, attributes, Array(inputs[..<2])) < Self.tolerance)
        }
    }

    @Test func pooling() throws {
        let x = Check.random([2, 3, 7, 6], "pool")
        let windows: [Attributes] = [
            [.kernelShape: [2, 2], .strides: [2, 2]],
            [.kernelShape: [3, 2], .strides: [1, 2], .pads: [1, 0, 2, 1]],
            [.kernelShape: [3, 3], .strides: [2, 2], .pads: [1, 1, 1, 1], .ceilMode: 1],
            [.kernelShape: [2, 3], .dilations: [2, 1]],
        ]
        for window in windows {
            #expect(try Check.error(.maxPool, window, [x]) < Self.tolerance, "\(window)")
            #expect(try Check.error(.averagePool, window, [x]) < Self.tolerance, "\(window)")
            var counting = window
            counting[.countIncludePad] = 1
            #expect(try Check.error(.averagePool, counting, [x]) < Self.tolerance, "\(window)")
        }
        #expect(try Check.error(.globalAveragePool, [x]) < Self.tolerance)
    }

    @Test func moves() throws {
        let x = Check.random([2, 3, 5], "x")
        #expect(try Check.error(.flatten, [x]) < Self.tolerance)
        #expect(try Check.error(.transpose, [x]) < Self.tolerance)
        #expect(try Check.error(.transpose, [.perm: [1, 2, 0]], [x]) < Self.tolerance)
        #expect(try Check.error(.reshape, [x, Tensor(integers: [5, -1], shape: [2])]) < Self.tolerance)
    }

    @Test func dropoutScalesWhatItKeeps() throws {
        let compute = try Compute()
        let x = Variable(Tensor([Float](repeating: 2, count: 1000), shape: [1000]), requiresGradient: true)
        let ratio = Variable(Tensor([0.25] as [Float], shape: []))
        let tape = Tape(on: compute, dropout: RandomStream(seed: 1, name: "dropout"))
        let y = try tape.apply(.dropout, [:], [x, ratio])
        try tape.backward(from: y)
        let gradient = try #require(x.gradient).floats
        let kept = gradient.count { $0 != 0 }
        #expect((650...850).contains(kept))
        for (value, slope) in zip(y.value.floats, gradient) {
            #expect(value == 2 * slope)
            #expect(slope == 0 || abs(slope - 1 / 0.75) < 1e-6)
        }
    }

    @Test func usesAddUp() throws {
        let x = Variable(Tensor([3] as [Float], shape: [1]), requiresGradient: true)
        let tape = Tape(on: try Compute())
        let y = try tape.apply(.mul, [:], [x, x])
        try tape.backward(from: tape.apply(.add, [:], [y, x]))
        #expect(x.gradient?.floats == [7])
    }

    @Test func operatorWithoutGradientSaysSoByName() throws {
        let x = Variable(Check.random([2, 3], "x"), requiresGradient: true)
        let axis = Variable(Tensor(integers: [1], shape: []))
        let tape = Tape(on: try Compute())
        let error = try #require(throws: PithError.self) {
            try tape.backward(from: tape.apply(.cumSum, [:], [x, axis]))
        }
        #expect(error.code == .unsupportedOperation)
        #expect(error.description.contains("CumSum"))
    }

    @Test func batchNormalizationInEvaluation() throws {
        for shape in [[3, 5, 7, 2], [4, 5]] as [Shape] {
            let numbers = ["scale", "offset", "mean"].map { Check.random([5], $0) }
            let inputs = [Check.random(shape, "x")] + numbers + [Check.random([5], "variance", in: 0.3..<2)]
            #expect(try Check.error(.batchNormalization, inputs) < Self.tolerance, "\(shape)")
        }
    }
}
