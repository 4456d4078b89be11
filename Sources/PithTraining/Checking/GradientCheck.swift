public import PithGraph
public import PithMath

/// How the gradients of an operator compare with central differences in float64.
public struct GradientCheck: Sendable {
    /// One per float32 input.
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
///   - compute: Kernels and threads.
/// - Throws: What applying it on a tape throws.
/// - Complexity: Two evaluations per input element.
public func checkGradients(
    of op: some CustomOperator, at inputs: [Tensor], tolerance: Double = 1e-4, on compute: Compute = .single
) throws(PithError) -> GradientCheck {
    try GradientCheck(at: inputs, tolerance, compute) { tape, variables in
        tape.apply(op, variables.compactMap { $0 })
    } reference: { operands in
        op.value(
            of: operands.compactMap { operand in
                operand.map { ReferenceTensor<Double>($0.elements(as: Double.self), shape: $0.shape) }
            }
        ).elements
    }
}

/// The same for an operator of the table.
///
/// - Parameters:
///   - op: The operator.
///   - attributes: Those that differ from the table's defaults.
///   - inputs: In the table's order; nil for one left out, int64 for integers, which have no gradient.
///   - output: Which output is checked, of an operator that has several.
///   - tolerance: The largest relative error that passes; float32 gives 1e-7 to 1e-5.
///   - compute: Kernels and threads.
/// - Throws: What applying it on a tape throws, `unsupportedOperation` for an operator without a gradient among it.
public func checkGradients(
    of op: Operator, _ attributes: Attributes = [:], at inputs: [Tensor?], output: Int = 0, tolerance: Double = 1e-4,
    on compute: Compute = .single
) throws(PithError) -> GradientCheck {
    let defaulted = try op.defaultedAttributes(attributes)
    return try GradientCheck(at: inputs, tolerance, compute) { (tape, variables) throws(PithError) in
        try tape.outputs(of: op, attributes, variables, count: output + 1)[output]
    } reference: { (operands) throws(PithError) in
        try Reference.apply(op, defaulted, operands, outputCount: output + 1)[output].elements(as: Double.self)
    }
}

extension GradientCheck {
    private static let step = 1e-5

    /// - Parameter reference: The output in float64, of float64 in place of float32.
    fileprivate init(
        at inputs: [Tensor?], _ tolerance: Double, _ compute: Compute,
        apply: (Tape, [Variable?]) throws(PithError) -> Variable,
        reference: ([Tensor?]) throws(PithError) -> [Double]
    ) throws(PithError) {
        let variables = inputs.map { input in
            input.map { Variable($0, requiresGradient: $0.elementType == .float32) }
        }
        let tape = Tape(on: compute)
        let output = try apply(tape, variables)
        var stream = RandomStream(seed: 1, name: "checkGradients")
        let coefficients = (0..<output.value.count).map { _ in stream.uniform(in: -1..<1) }
        try tape.backward(from: output, seed: Tensor(coefficients, shape: output.value.shape))
        let base = inputs.map { input in
            input.map { $0.elementType == .float32 ? Tensor(elements: $0.doubles, shape: $0.shape) : $0 }
        }
        var reports: [Input] = []
        for (index, variable) in variables.enumerated() {
            guard let variable, variable.requiresGradient else { continue }
            let operand = variable.value.doubles
            func objective(_ element: Int, _ change: Double) throws(PithError) -> Double {
                var (elements, operands) = (operand, base)
                elements[element] += change
                operands[index] = Tensor(elements: elements, shape: variable.value.shape)
                return zip(try reference(operands), coefficients).reduce(0) { $0 + $1.0 * Double($1.1) }
            }
            var differences: [Double] = []
            for element in operand.indices {
                let width = Self.step * max(1, abs(operand[element]))
                differences.append((try objective(element, width) - objective(element, -width)) / (2 * width))
            }
            let gradient = variable.gradient?.doubles ?? [Double](repeating: 0, count: operand.count)
            reports.append(Self.compare(gradient, differences, index: index))
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

extension Tensor {
    fileprivate var doubles: [Double] { floats.map { Double($0) } }
}
