import PithGraph
import PithMath
import PithTraining
import Testing

/// Random tensors, and how far gradients are from central differences.
enum Check {
    static func random(_ shape: Shape, _ name: String, in range: Range<Float> = -1..<1) -> Tensor {
        var stream = RandomStream(seed: 11, name: name)
        return Tensor((0..<shape.elementCount).map { _ in stream.uniform(in: range) }, shape: shape)
    }

    /// The same without attributes.
    static func error(_ op: Operator, _ inputs: [Tensor?]) throws -> Double { try error(op, [:], inputs) }

    /// The largest relative error of the gradients of the inputs, against central differences in float64.
    static func error(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], output: Int = 0
    ) throws -> Double {
        let check = try checkGradients(
            of: op, attributes, at: inputs, output: output, on: Compute(threads: 2))
        return check.inputs.map(\.relativeError).max() ?? .infinity
    }
}
