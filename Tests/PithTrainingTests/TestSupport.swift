import PithGraph
import PithMath
import PithTraining
import Testing

/// Random tensors, and gradients by central differences in double precision through the scalar reference.
enum Check {
    static func random(_ shape: Shape, _ name: String, in range: Range<Float> = -1..<1) -> Tensor {
        var stream = RandomStream(seed: 11, name: name)
        return Tensor((0..<shape.elementCount).map { _ in stream.uniform(in: range) }, shape: shape)
    }

    /// Σ c · op(inputs), with fixed coefficients c.
    private static func objective(
        _ op: Operator, _ attributes: Attributes, _ inputs: [ReferenceTensor<Double>?], _ shape: Shape,
        _ coefficients: [Float]
    ) throws -> Double {
        let output = try Reference.apply(op, attributes, inputs, outputShapes: [shape])[0]
        return zip(output.elements, coefficients).reduce(0) { $0 + $1.0 * Double($1.1) }
    }

    /// The same without attributes.
    static func error(_ op: Operator, _ inputs: [Tensor?]) throws -> Double { try error(op, [:], inputs) }

    /// The largest ‖tape - differences‖ / ‖differences‖ over the inputs that ask for gradients.
    static func error(
        _ op: Operator, _ given: Attributes, _ inputs: [Tensor?], asking: [Bool]? = nil, threads: Int = 2
    ) throws -> Double {
        let attributes = try op.defaultedAttributes(given)
        let asking = asking ?? inputs.map { $0?.elementType == .float32 }
        let tape = Tape(on: try Compute(threads: threads))
        let variables = zip(inputs, asking).map { input, asks in input.map { Variable($0, requiresGradient: asks) } }
        let output = try tape.apply(op, attributes, variables)
        let seed = random(output.value.shape, "seed")
        try tape.backward(from: output, seed: seed)
        let base = inputs.map { input in
            input.flatMap { tensor in
                tensor.elementType == .float32
                    ? ReferenceTensor<Double>(tensor.floats.map { Double($0) }, shape: tensor.shape) : nil
            }
        }
        var worst = 0.0
        for (index, variable) in variables.enumerated() {
            guard let variable, asking[index] else { continue }
            let gradient = try #require(variable.gradient).floats
            var (difference, size) = (0.0, 0.0)
            for element in 0..<variable.value.count {
                let step = 1e-5
                var (up, down) = (base, base)
                up[index]?.elements[element] += step
                down[index]?.elements[element] -= step
                let slope =
                    (try objective(op, attributes, up, output.value.shape, seed.floats)
                        - objective(op, attributes, down, output.value.shape, seed.floats)) / (2 * step)
                difference += (Double(gradient[element]) - slope) * (Double(gradient[element]) - slope)
                size += slope * slope
            }
            worst = max(worst, difference.squareRoot() / max(size.squareRoot(), 1e-12))
        }
        return worst
    }
}
