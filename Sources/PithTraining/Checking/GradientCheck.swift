public import PithGraph
public import PithMath

/// How the gradients of an operator compare with central differences in float64.
public struct GradientCheck: Sendable {
    /// One per input that has a gradient.
    public let inputs: [Input]

    /// The largest relative error that passes.
    public let tolerance: Double

    /// Whether every input's relative error is within the tolerance.
    public var isCorrect: Bool { inputs.allSatisfy { $0.relativeError <= tolerance } }

    /// One input.
    public struct Input: Sendable {
        /// Which input of the operator.
        public let index: Int
        /// ‖gradient - differences‖ / max(‖gradient‖, ‖differences‖), 0 when both are zero.
        public let relativeError: Double
        /// The element, in row-major order, at which the two are furthest apart.
        public let worstIndex: Int
        /// The gradient there.
        public let gradient: Double
        /// The central difference there.
        public let difference: Double
    }
}

extension GradientCheck: CustomStringConvertible {
    /// A line per input, and the verdict.
    public var description: String {
        let lines = inputs.map {
            "input \($0.index): relative error \($0.relativeError), furthest at element \($0.worstIndex): "
                + "gradient \($0.gradient), difference \($0.difference)"
        }
        return (lines + [isCorrect ? "correct" : "WRONG: over \(tolerance)"]).joined(separator: "\n")
    }
}

/// Compares an operator's gradients, as a tape gives them in float32, with central differences of its value in float64.
///
/// The function that is differentiated is Σ c · output with random coefficients c between -1 and 1. Points at which the
/// operator has a kink, as ReLU has at 0, are the caller's to avoid.
///
/// - Parameters:
///   - op: The operator.
///   - inputs: Where; float32.
///   - tolerance: The largest relative error that passes; float32 gives 1e-7 to 1e-5.
/// - Throws: What applying it on a tape throws.
/// - Complexity: Two evaluations per input element.
public func checkGradients(
    of op: some CustomOperator, at inputs: [Tensor], tolerance: Double = 1e-4
) throws(PithError) -> GradientCheck {
    try GradientCheck(at: inputs, tolerance) { tape, variables in
        tape.apply(op, variables.compactMap { $0 })
    } reference: { operands in
        op.value(of: operands.compactMap { $0 })
    }
}

/// The same for an operator of the table.
///
/// - Parameters:
///   - op: The operator.
///   - attributes: Those that differ from the table's defaults.
///   - inputs: In the table's order; nil for one left out, int64 for integers, which have no gradient.
///   - tolerance: The largest relative error that passes.
/// - Throws: What applying it on a tape throws, `unsupportedOperation` for an operator without a gradient among it.
public func checkGradients(
    of op: Operator, _ attributes: Attributes = [:], at inputs: [Tensor?], tolerance: Double = 1e-4
) throws(PithError) -> GradientCheck {
    let defaulted = try op.defaultedAttributes(attributes)
    var shape: Shape?
    return try GradientCheck(at: inputs, tolerance) { (tape, variables) throws(PithError) in
        let output = try tape.apply(op, attributes, variables)
        shape = output.value.shape
        return output
    } reference: { (operands) throws(PithError) in
        try Reference.apply(op, defaulted, operands, outputShapes: [shape ?? []])[0]
    }
}

extension GradientCheck {
    private static let step = 1e-5

    fileprivate init(
        at inputs: [Tensor?], _ tolerance: Double,
        apply: (Tape, [Variable?]) throws(PithError) -> Variable,
        reference: ([ReferenceTensor<Double>?]) throws(PithError) -> ReferenceTensor<Double>
    ) throws(PithError) {
        let variables = inputs.map { input in
            input.map { Variable($0, requiresGradient: $0.elementType == .float32) }
        }
        let tape = Tape(on: .single)
        let output = try apply(tape, variables)
        var stream = RandomStream(seed: 1, name: "checkGradients")
        let coefficients = (0..<output.value.count).map { _ in stream.uniform(in: -1..<1) }
        try tape.backward(from: output, seed: Tensor(coefficients, shape: output.value.shape))
        func objective(_ operands: [ReferenceTensor<Double>?]) throws(PithError) -> Double {
            var sum = 0.0
            for (value, c) in zip(try reference(operands).elements, coefficients) { sum += value * Double(c) }
            return sum
        }
        let base = inputs.map { input in
            input.flatMap { tensor in
                tensor.elementType == .float32
                    ? ReferenceTensor<Double>(tensor.floats.map { Double($0) }, shape: tensor.shape) : nil
            }
        }
        var reports: [Input] = []
        for (index, variable) in variables.enumerated() {
            guard let gradient = variable?.gradient?.floats, let operand = base[index] else { continue }
            var differences: [Double] = []
            for element in operand.elements.indices {
                let width = Self.step * max(1, abs(operand.elements[element]))
                var (up, down) = (base, base)
                up[index]?.elements[element] += width
                down[index]?.elements[element] -= width
                differences.append((try objective(up) - objective(down)) / (2 * width))
            }
            reports.append(Self.compare(gradient.map { Double($0) }, differences, index: index))
        }
        self.inputs = reports
        self.tolerance = tolerance
    }

    private static func compare(_ gradient: [Double], _ differences: [Double], index: Int) -> Input {
        func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let distances = zip(gradient, differences).map { abs($0 - $1) }
        var worst = 0
        for position in distances.indices where !(distances[position] <= distances[worst]) { worst = position }
        let (distance, size) = (norm(distances), max(norm(gradient), norm(differences)))
        return Input(
            index: index, relativeError: distance == 0 ? 0 : distance / size, worstIndex: worst,
            gradient: gradient.isEmpty ? 0 : gradient[worst], difference: gradient.isEmpty ? 0 : differences[worst])
    }
}
