public import PithMath

/// A rule that changes parameters by their gradients, with the formulas and defaults of PyTorch.
public struct Optimizer: Sendable {
    /// Which rule.
    public let kind: Kind

    /// The steps taken.
    public internal(set) var steps = 0

    /// The state: for each parameter, one tensor per name in `kind.stateNames`; empty before the first step.
    public internal(set) var state: [[Tensor]]

    /// The rules.
    public enum Kind: Sendable, Hashable {
        /// v = momentum · v + g (v = g at the first step); p -= rate · v. Without momentum p -= rate · g.
        case sgd(momentum: Float = 0.9)
        /// Adam: Kingma and Ba, "Adam: a method for stochastic optimization" (2015).
        case adam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)

        /// The names of the state tensors of one parameter.
        public var stateNames: [String] {
            switch self {
            case .sgd(let momentum): momentum == 0 ? [] : ["momentum"]
            case .adam: ["mean", "variance"]
            }
        }
    }

    /// Creates a rule for a number of parameters, before its first step.
    public init(_ kind: Kind, parameterCount: Int) {
        self.kind = kind
        state = [[Tensor]](repeating: [], count: parameterCount)
    }

    /// Takes a step: changes each parameter that has a gradient.
    ///
    /// - Parameters:
    ///   - parameters: As many as the rule was made for.
    ///   - gradients: One per parameter, of its shape, or nil.
    ///   - rate: The learning rate.
    public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor?], rate: Float) {
        precondition(parameters.count == state.count && gradients.count == state.count, "the counts differ")
        steps += 1
        for index in parameters.indices {
            guard let gradient = gradients[index] else { continue }
            if state[index].isEmpty {
                state[index] = kind.stateNames.map { _ in Tensor(zeros: parameters[index].shape) }
            }
            switch kind {
            case .sgd(let momentum):
                var velocity = gradient
                if momentum != 0 {
                    velocity = zipMap(state[index][0], gradient) { Float.multiplyAdd(momentum, $0, $1) }
                    state[index][0] = velocity
                }
                parameters[index] = zipMap(parameters[index], velocity) { Float.multiplyAdd(-rate, $1, $0) }
            case .adam(let beta1, let beta2, let epsilon):
                adam(index, &parameters[index], gradient, rate, beta1, beta2, epsilon)
            }
        }
    }

    /// m = β₁ m + (1 - β₁) g; v = β₂ v + (1 - β₂) g²;
    /// p -= rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε). The corrections are taken in double precision.
    private mutating func adam(
        _ index: Int, _ parameter: inout Tensor, _ gradient: Tensor, _ rate: Float, _ beta1: Float, _ beta2: Float,
        _ epsilon: Float
    ) {
        let mean = zipMap(state[index][0], gradient) { beta1 * $0 + (1 - beta1) * $1 }
        let variance = zipMap(state[index][1], gradient) { beta2 * $0 + (1 - beta2) * ($1 * $1) }
        state[index] = [mean, variance]
        let size = Float(Double(rate) / (1 - Self.power(Double(beta1), steps)))
        let root = Float((1 - Self.power(Double(beta2), steps)).squareRoot())
        let change = zipMap(mean, variance) { size * $0 / ($1.squareRoot() / root + epsilon) }
        parameter = zipMap(parameter, change) { $0 - $1 }
    }

    /// By repeated squaring, lowest bit of the exponent first.
    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}
