import PithGraph
import PithMath
import PithTraining
import Testing

/// Each gradient against central differences in double precision, over odd shapes.
struct GradientTests {
    private static let tolerance = 2e-5

    @Test(arguments: [
        Operator.neg, .abs, .exp, .erf, .sin, .cos, .relu, .leakyRelu, .sigmoid, .tanh, .gelu, .elu, .selu,
        .hardSigmoid, .hardSwish, .softplus, .identity,
    ])
    func functionsOfOneElement(_ op: Operator) throws {
        let x = Check.random([3, 7, 5], op.name, in: -3..<3)
        #expect(try Check.error(op, [x]) < Self.tolerance)
    }

    @Test(arguments: [Operator.sqrt, .log, .reciprocal])
    func functionsOfPositiveNumbers(_ op: Operator) throws {
        #expect(try Check.error(op, [Check.random([5, 7], op.name, in: 0.2..<3)]) < Self.tolerance)
    }

    @Test func attributesOfActivations() throws {
        let x = Check.random([33], "x", in: -3..<3)
        #expect(try Check.error(.gelu, [.approximate: "tanh"], [x]) < Self.tolerance)
        #expect(try Check.error(.leakyRelu, [.alpha: 0.3], [x]) < Self.tolerance)
        #expect(try Check.error(.elu, [.alpha: 0.7], [x]) < Self.tolerance)
        #expect(try Check.error(.hardSigmoid, [.alpha: 0.4, .beta: 0.3], [x]) < Self.tolerance)
    }

    @Test func boundsAndSlopes() throws {
        let x = Check.random([4, 3, 5], "x")
        let (low, high) = (Tensor([-0.3], shape: []), Tensor([0.45], shape: []))
        #expect(try Check.error(.clip, [x, low, high]) < Self.tolerance)
        #expect(try Check.error(.clip, [x, nil, high]) < Self.tolerance)
        #expect(try Check.error(.clip, [x, high, low]) < Self.tolerance)
        for slope in [[3, 1], [5], [1], [4, 1, 1]] as [Shape] {
            #expect(try Check.error(.pRelu, [x, Check.random(slope, "slope")]) < Self.tolerance, "\(slope)")
        }
    }

    @Test(arguments: [Operator.min, .max])
    func extrema(_ op: Operator) throws {
        let inputs = [Check.random([3, 5], "a"), Check.random([2, 1, 5], "b"), Check.random([3, 1], "c")]
        #expect(try Check.error(op, inputs) < Self.tolerance)
        #expect(try Check.error(op, [inputs[0]]) < Self.tolerance)
    }

    @Test func equalsShareTheGradientOfAnExtremum() throws {
        let x = Variable(Tensor([2, 2, 1, 2] as [Float], shape: [4]), requiresGradient: true)
        let y = Variable(Tensor([2, 0, 5, 2] as [Float], shape: [4]), requiresGradient: true)
        let tape = Tape(on: .single)
        try tape.backward(from: tape.apply(.max, [:], [x, y]))
        #expect(x.gradient?.floats == [0.5, 1, 0, 0.5] && y.gradient?.floats == [0.5, 0, 1, 0.5])
        let z = Variable(Tensor([2, 2, 1, 2] as [Float], shape: [4]), requiresGradient: true)
        let other = Tape(on: .single)
        try other.backward(from: other.apply(.reduceMax, [:], [z]), seed: Tensor([3], shape: [1]))
        #expect(z.gradient?.floats == [1, 1, 0, 1])
    }

    @Test(arguments: [Operator.reduceSum, .reduceMean, .reduceMax, .reduceMin, .reduceL2])
    func reductions(_ op: Operator) throws {
        let x = Check.random([3, 2, 5, 4], op.name)
        for axes in [[0], [1, 3], [-1, 0, 2], [2, 1]] as [[Int64]] {
            let inputs = [x, Tensor(integers: axes, shape: [axes.count])]
            #expect(try Check.error(op, inputs) < Self.tolerance, "\(axes)")
            #expect(try Check.error(op, [.keepDims: 0], inputs) < Self.tolerance, "\(axes)")
        }
        #expect(try Check.error(op, [x]) < Self.tolerance)
        if op != .reduceL2 { #expect(try Check.error(op, [.noopWithEmptyAxes: 1], [x]) < Self.tolerance) }
    }

    @Test func runningSums() throws {
        for (exclusive, reverse) in [(0, 0), (0, 1), (1, 0), (1, 1)] as [(Int64, Int64)] {
            let inputs = [Check.random([3, 7, 2], "x"), Tensor(integers: [-2], shape: [])]
            let attributes: Attributes = [.exclusive: .int(exclusive), .reverse: .int(reverse)]
            #expect(try Check.error(.cumSum, attributes, inputs) < Self.tolerance)
        }
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

    @Test func stackedProducts() throws {
        let shapes: [(Shape, Shape)] = [
            ([2, 3, 5], [5, 7]), ([4, 2, 3, 5], [4, 2, 5, 2]), ([2, 1, 3, 5], [3, 5, 2]), ([3, 5], [2, 5, 4]),
            ([5], [3, 5, 2]), ([2, 3, 5], [5]), ([5], [5]), ([5], [5, 3]), ([1, 3, 5], [2, 5, 1]),
        ]
        for (a, b) in shapes {
            let error = try Check.error(.matMul, [Check.random(a, "a"), Check.random(b, "b")])
            #expect(error < Self.tolerance, "\(a) \(b)")
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
        let signal = Check.random([2, 3, 11], "signal")
        for window in [
            [.kernelShape: [3], .strides: [2], .pads: [1, 1]], [.kernelShape: [2], .dilations: [3], .ceilMode: 1],
        ] as [Attributes] {
            #expect(try Check.error(.maxPool, window, [signal]) < Self.tolerance, "\(window)")
            #expect(try Check.error(.averagePool, window, [signal]) < Self.tolerance, "\(window)")
        }
        for op in [Operator.globalAveragePool, .globalMaxPool] {
            for input in [x, signal, Check.random([2, 3, 2, 3, 2], "volume")] {
                #expect(try Check.error(op, [input]) < Self.tolerance, "\(op) \(input)")
            }
        }
    }

    @Test func normalizations() throws {
        for (shape, axis) in [([3, 7], -1), ([2, 3, 5], 1), ([4, 5, 2], -2), ([2, 3, 2, 2], 2)] as [(Shape, Int64)] {
            let x = Check.random(shape, "x")
            let row = Shape(Array(shape.dimensions[(axis < 0 ? Int(axis) + shape.rank : Int(axis))...]))
            let (scale, offset) = (Check.random(row, "scale"), Check.random(row, "offset"))
            let attributes: Attributes = [.axis: .int(axis), .epsilon: 0.01]
            #expect(try Check.error(.layerNormalization, attributes, [x, scale, offset]) < Self.tolerance, "\(shape)")
            #expect(try Check.error(.layerNormalization, attributes, [x, scale]) < Self.tolerance, "\(shape)")
        }
        for shape in [[2, 3, 5], [3, 3, 4, 2]] as [Shape] {
            let inputs = [Check.random(shape, "x"), Check.random([3], "scale"), Check.random([3], "offset")]
            #expect(try Check.error(.instanceNormalization, inputs) < Self.tolerance, "\(shape)")
        }
    }

    @Test func moves() throws {
        let x = Check.random([2, 3, 5], "x")
        #expect(try Check.error(.flatten, [x]) < Self.tolerance)
        #expect(try Check.error(.transpose, [x]) < Self.tolerance)
        #expect(try Check.error(.transpose, [.perm: [1, 2, 0]], [x]) < Self.tolerance)
        func integers(_ values: Int64...) -> Tensor { Tensor(integers: values, shape: [values.count]) }
        let cases: [(Operator, Attributes, [Tensor?])] = [
            (.reshape, [:], [x, integers(5, -1)]),
            (.squeeze, [:], [Check.random([3, 1, 5], "thin"), integers(1)]),
            (.unsqueeze, [:], [x, integers(0, -1)]),
            (.concat, [.axis: 1], [x, Check.random([2, 1, 5], "y"), x]),
            (.concat, [.axis: -1], [x, Check.random([2, 3, 2], "z")]),
            (.slice, [:], [x, integers(2, 1), integers(-9, 4), integers(1, 2), integers(-1, 2)]),
            (.slice, [:], [x, integers(1), integers(2)]),
            (.gather, [:], [x, integers(1, 1, -1, 0)]),
            (.gather, [.axis: 1], [x, Tensor(integers: [2, 0, 2, 2], shape: [2, 2])]),
            (.gather, [.axis: 2], [x, Tensor(integers: [3], shape: [])]),
            (.pad, [:], [x, integers(0, 1, 2, 1, 0, 3)]),
            (.pad, [:], [x, integers(2, -1), Check.random([], "fill"), integers(2)]),
            (.pad, [.mode: "reflect"], [x, integers(0, 2, 3, 0, 1, 4)]),
            (.pad, [.mode: "wrap"], [x, integers(1, 0, 6, 0, 2, 7)]),
            (.expand, [:], [Check.random([3, 1], "narrow"), integers(2, 3, 4)]),
            (.tile, [:], [x, integers(2, 1, 3)]),
            (.where, [:], [Tensor(bools: [true, false, true], shape: [3, 1]), x, Check.random([5], "other")]),
        ]
        for (op, attributes, inputs) in cases {
            #expect(try Check.error(op, attributes, inputs) < Self.tolerance, "\(op) \(attributes)")
        }
        let parts = [Check.random([2, 7], "parts"), integers(2, 4, 1)]
        #expect(try Check.error(.split, [.axis: 1], parts, output: 2) < Self.tolerance)
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

    @Test func partsOfASplitAddUp() throws {
        let x = Variable(Tensor([1, 2, 3, 4] as [Float], shape: [4]), requiresGradient: true)
        let tape = Tape(on: .single)
        let parts = try tape.outputs(of: .split, [.axis: 0, .numOutputs: 2], [x], count: 2)
        try tape.backward(from: tape.apply(.mul, [:], [parts[0], parts[1]]))
        #expect(x.gradient?.floats == [3, 4, 1, 2])
    }

    @Test func operatorWithoutGradientSaysSoByName() throws {
        let x = Variable(Check.random([2, 3, 4, 5], "x"), requiresGradient: true)
        let weight = Variable(Check.random([3, 2, 2, 2], "w"))
        let tape = Tape(on: try Compute())
        let error = try #require(throws: PithError.self) {
            try tape.backward(from: tape.apply(.convTranspose, [:], [x, weight]))
        }
        #expect(error.code == .unsupportedOperation)
        #expect(error.description.contains("ConvTranspose"))
        let volume = Variable(Check.random([1, 1, 2, 3, 2], "volume"), requiresGradient: true)
        let cube = Variable(Check.random([1, 1, 2, 2, 2], "cube"))
        let other = try #require(throws: PithError.self) {
            try tape.backward(from: tape.apply(.conv, [:], [volume, cube]))
        }
        #expect(other.code == .unsupportedOperation && other.description.contains("Conv has a gradient for one or two"))
    }

    @Test func nothingFlowsThroughIntegers() throws {
        let x = Variable(Check.random([2, 6], "x"), requiresGradient: true)
        let tape = Tape(on: .single)
        let shape = try tape.apply(.shape, [:], [x])
        #expect(!shape.requiresGradient)
        try tape.backward(from: tape.apply(.reshape, [:], [x, shape]))
        #expect(x.gradient?.floats == [Float](repeating: 1, count: 12))
    }

    @Test func batchNormalizationInEvaluation() throws {
        for shape in [[3, 5, 7, 2], [4, 5]] as [Shape] {
            let numbers = ["scale", "offset", "mean"].map { Check.random([5], $0) }
            let inputs = [Check.random(shape, "x")] + numbers + [Check.random([5], "variance", in: 0.3..<2)]
            #expect(try Check.error(.batchNormalization, inputs) < Self.tolerance, "\(shape)")
        }
    }
}
