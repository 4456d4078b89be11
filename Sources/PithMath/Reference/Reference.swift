public import PithGraph

/// The scalar reference: `spec/ARITHMETIC.md` as code, written to be read. Every faster kernel equals it bit for bit.
public enum Reference {
    /// Applies an operator to numbers.
    ///
    /// - Parameters:
    ///   - op: The operator.
    ///   - attributes: With the table's defaults added.
    ///   - inputs: In the table's order; nil for one left out, and for the integers of `Reshape`.
    ///   - outputShapes: As the shape rule gives them for these inputs.
    /// - Throws: `unsupportedOperation` for an operator that does not compute numbers, `invalidAttribute`.
    public static func apply<S: Scalar>(
        _ op: Operator, _ attributes: Attributes, _ inputs: [ReferenceTensor<S>?], outputShapes: [Shape]
    ) throws(PithError) -> [ReferenceTensor<S>] {
        let shape = outputShapes[0]
        func input(_ index: Int) throws(PithError) -> ReferenceTensor<S> {
            guard index < inputs.count, let tensor = inputs[index] else {
                throw PithError(.invalidGraph, "input \(index) of \(op.name) is missing")
            }
            return tensor
        }
        func optional(_ index: Int) -> ReferenceTensor<S>? { index < inputs.count ? inputs[index] : nil }
        let result: ReferenceTensor<S>
        switch op {
        case .constant:
            throw PithError(.unsupportedOperation, "Constant has integers, not numbers")
        case .identity, .dropout, .flatten, .reshape:
            result = ReferenceTensor(try input(0).elements, shape: shape)
        case .transpose:
            result = transpose(try input(0), try attributes.ints(.perm), shape)
        case .add: result = try binary(input(0), input(1), shape) { $0 + $1 }
        case .sub: result = try binary(input(0), input(1), shape) { $0 - $1 }
        case .mul: result = try binary(input(0), input(1), shape) { $0 * $1 }
        case .div: result = try binary(input(0), input(1), shape) { $0 / $1 }
        case .pow: result = try binary(input(0), input(1), shape) { S.pow($0, $1) }
        case .neg, .abs, .sqrt, .exp, .log, .erf, .sin, .cos, .relu, .leakyRelu, .sigmoid, .tanh, .gelu:
            let function: (S) -> S = try elementwise(op, attributes)
            result = ReferenceTensor(try input(0).elements.map { function($0).canonical }, shape: shape)
        case .softmax: result = softmax(try input(0), axis: try attributes.int(.axis), logarithm: false)
        case .logSoftmax: result = softmax(try input(0), axis: try attributes.int(.axis), logarithm: true)
        case .matMul: result = matMul(try input(0), try input(1), shape)
        case .gemm: result = try gemm(attributes, input(0), input(1), optional(2), shape)
        case .conv: result = try conv(attributes, input(0), input(1), optional(2), shape)
        case .maxPool: result = try maxPool(attributes, input(0), shape)
        case .averagePool: result = try averagePool(attributes, input(0), shape)
        case .globalAveragePool: result = globalAveragePool(try input(0), shape)
        case .batchNormalization:
            result = try batchNormalization(attributes, input(0), input(1), input(2), input(3), input(4))
        default: throw PithError(.unsupportedOperation, "\(op.name) is not computed by this version")
        }
        return [result]
    }
}
