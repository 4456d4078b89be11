import PithGraph
import PithMath

extension Optimizer {
    /// The rules. Their numbers are those of PyTorch's classes of the same names.
    public enum Kind: Sendable, Hashable {
        /// g += weightDecay · p; v = momentum · v + g; p -= rate · v, or with Nesterov's momentum
        /// p -= rate · (momentum · v + g). Without momentum p -= rate · g.
        case sgd(momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0)

        /// g += weightDecay · p; m = β₁ m + (1 - β₁) g; v = β₂ v + (1 - β₂) g²;
        /// p -= rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε).
        ///
        /// Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015).
        case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0)

        /// p *= 1 - rate · weightDecay, then Adam without a decay of its own.
        ///
        /// Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).
        case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01)

        /// g += weightDecay · p; s = α s + (1 - α) g²; d = g / (√s + ε), where centered takes s - a² for s, with
        /// a = α a + (1 - α) g; with momentum v = momentum · v + d and p -= rate · v, else p -= rate · d.
        ///
        /// Source: Tieleman and Hinton, "Lecture 6.5: RMSprop" (2012).
        case rmsProp(
            alpha: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0, momentum: Double = 0,
            centered: Bool = false)

        /// The names of the state tensors of one parameter.
        public var stateNames: [String] {
            switch self {
            case .sgd(let momentum, _, _): momentum == 0 ? [] : ["momentum"]
            case .adam, .adamW: ["mean", "variance"]
            case .rmsProp(_, _, _, let momentum, let centered):
                ["square"] + (centered ? ["mean"] : []) + (momentum == 0 ? [] : ["momentum"])
            }
        }
    }
}

extension Optimizer.Kind {
    /// - Throws: `invalidArgument` naming a constant that is out of range.
    func check() throws(PithError) {
        func require(_ condition: Bool, _ reason: String, advice: String = "") throws(PithError) {
            guard condition else { throw PithError(.invalidArgument, reason, advice: advice) }
        }
        func requireNotNegative(_ value: Double, _ name: String) throws(PithError) {
            try require(value >= 0 && value.isFinite, "the \(name) is \(value)", advice: "take one of at least 0")
        }
        switch self {
        case .sgd(let momentum, let nesterov, let weightDecay):
            try requireNotNegative(momentum, "momentum")
            try requireNotNegative(weightDecay, "weight decay")
            try require(
                !nesterov || momentum > 0, "Nesterov's momentum needs a momentum", advice: "take a momentum, say 0.9")
        case .adam(let beta1, let beta2, let epsilon, let weightDecay),
            .adamW(let beta1, let beta2, let epsilon, let weightDecay):
            for beta in [beta1, beta2] {
                try require((0..<1).contains(beta), "a beta is \(beta)", advice: "take one from 0 to below 1")
            }
            try requireNotNegative(epsilon, "epsilon")
            try requireNotNegative(weightDecay, "weight decay")
        case .rmsProp(let alpha, let epsilon, let weightDecay, let momentum, _):
            try requireNotNegative(alpha, "alpha")
            try requireNotNegative(epsilon, "epsilon")
            try requireNotNegative(weightDecay, "weight decay")
            try requireNotNegative(momentum, "momentum")
        }
    }

    /// The constants of step `count`, from 1: worked out in float64, then rounded to float32.
    func step(_ count: Int, rate: Double) -> OptimizerStep {
        switch self {
        case .sgd(let momentum, let nesterov, let weightDecay):
            .sgd(
                rate: Float(rate), momentum: Float(momentum), nesterov: nesterov,
                weightDecay: Float(weightDecay))
        case .adam(let beta1, let beta2, let epsilon, let weightDecay):
            .adam(
                Self.adam(
                    count, rate, beta1, beta2, epsilon, weightDecay: Float(weightDecay), shrinkage: 1))
        case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
            .adam(
                Self.adam(
                    count, rate, beta1, beta2, epsilon, weightDecay: 0, shrinkage: Float(1 - rate * weightDecay)))
        case .rmsProp(let alpha, let epsilon, let weightDecay, let momentum, let centered):
            .rmsProp(
                OptimizerStep.RMSProp(
                    rate: Float(rate), alpha: Float(alpha), share: Float(1 - alpha), epsilon: Float(epsilon),
                    weightDecay: Float(weightDecay), momentum: Float(momentum), isCentered: centered))
        }
    }

    private static func adam(
        _ count: Int, _ rate: Double, _ beta1: Double, _ beta2: Double, _ epsilon: Double, weightDecay: Float,
        shrinkage: Float
    ) -> OptimizerStep.Adam {
        OptimizerStep.Adam(
            size: Float(rate / (1 - power(beta1, count))), root: Float((1 - power(beta2, count)).squareRoot()),
            share1: Float(1 - beta1), beta2: Float(beta2), share2: Float(1 - beta2), epsilon: Float(epsilon),
            weightDecay: weightDecay, shrinkage: shrinkage)
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
