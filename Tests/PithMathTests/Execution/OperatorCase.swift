import PithGraph
import PithMath
import Testing

/// One case of the table: an operator with inputs of odd shapes.
struct OperatorCase: CustomTestStringConvertible, Sendable {
    let op: Operator
    let shapes: [Shape?]
    var attributes: Attributes = [:]
    /// The elements of inputs that say where others are, by the input's position.
    var integers: [Int: [Int64]] = [:]
    /// The inputs of truth values, by position.
    var truths: [Int] = []
    var outputCount = 1
    var testDescription: String { "\(op.name) \(shapes.map { $0?.description ?? "-" }) \(attributes) \(integers)" }

    /// Inputs from a named stream, with special values sprinkled in when asked for.
    func inputs(special: Bool) -> [Tensor?] {
        var stream = RandomStream(seed: 7, name: testDescription)
        let specials: [Float] = [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 3e38]
        return shapes.enumerated().map { index, shape in
            guard let shape else { return nil }
            if let integers = integers[index] { return Tensor(integers: integers, shape: shape) }
            if truths.contains(index) {
                return Tensor(bools: (0..<shape.elementCount).map { _ in stream.next(below: 2) == 0 }, shape: shape)
            }
            let floats = (0..<shape.elementCount).map { _ -> Float in
                let value = stream.normal()
                return special && stream.next(below: 9) == 0 ? specials[stream.next(below: specials.count)] : value
            }
            return Tensor(floats, shape: shape)
        }
    }

    func run(_ inputs: [Tensor?], on compute: Compute) throws -> (fast: [Tensor], reference: [Tensor]) {
        let attributes = try op.defaultedAttributes(attributes)
        let shapes = try outputShapes(inputs)
        return (
            try Execution.apply(op, attributes, inputs, on: compute, outputShapes: shapes),
            try Execution.reference(op, attributes, inputs, shapes)
        )
    }

    private func outputShapes(_ inputs: [Tensor?]) throws -> [Shape] {
        let types = inputs.map { $0.map { ValueType($0.elementType, $0.shape) } }
        return try op.outputTypes(
            inputs: types, attributes: op.defaultedAttributes(attributes), known: op.knownElements(of: inputs),
            outputCount: outputCount
        ).map { try $0.shape() }
    }

    /// Whether there is a kernel, so that a run is compared with the reference and not the reference with itself.
    func hasKernel(_ inputs: [Tensor?]) throws -> Bool {
        let known = op.knownElements(of: inputs)
        let operands = inputs.enumerated().map { index, input in
            input.map { KernelOperand(elementType: $0.elementType, shape: $0.shape, known: known[index]) }
        }
        return try Kernel(
            op, op.defaultedAttributes(attributes), operands, outputs: outputShapes(inputs)) != nil
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
    OperatorCase(op: .layerNormalization, shapes: [[5, 5], [5, 1], [5]]),
    OperatorCase(op: .layerNormalization, shapes: [[3, 5, 7], [1, 5, 7], [5, 1]], attributes: [.axis: 1]),
]
