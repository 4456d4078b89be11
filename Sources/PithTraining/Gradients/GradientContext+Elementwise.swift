import PithGraph
import PithMath

extension GradientContext {
    /// Functions of one element: g · f'(x), from the output where that is shorter.
    func elementwise() throws(PithError) -> [Tensor?] {
        let x = try input(0)
        let result =
            switch op {
            case .neg: map(gradient) { -$0 }
            case .abs: zipMap(gradient, x) { $1 > 0 ? $0 : $1 < 0 ? -$0 : 0 }
            case .sqrt: zipMap(gradient, try output()) { $0 / ($1 + $1) }
            case .exp: zipMap(gradient, try output()) { $0 * $1 }
            case .log: zipMap(gradient, x) { $0 / $1 }
            case .erf: zipMap(gradient, x) { $0 * (1.1283791670955126 * Elementary.exp(-$1 * $1)) }
            case .sin: zipMap(gradient, x) { $0 * Elementary.cos($1) }
            case .cos: zipMap(gradient, x) { -($0 * Elementary.sin($1)) }
            case .reciprocal: zipMap(gradient, try output()) { -($0 * ($1 * $1)) }
            default: throw PithError(.unsupportedOperation, "\(op.name) is not a function of one element")
            }
        return [result]
    }

    /// Activations: g · f'(x), from the output where that is shorter. Relu's slope at 0 is 0; LeakyRelu's, Elu's and
    /// PRelu's is 1; HardSigmoid's and HardSwish's at a kink is that of the flat side and of the middle.
    func activation() throws(PithError) -> [Tensor?] {
        let x = try input(0)
        switch op {
        case .relu: return [Execution.reluGradient(x, gradient, on: compute)]
        case .sigmoid: return [zipMap(gradient, try output()) { $0 * ($1 * (1 - $1)) }]
        case .tanh: return [zipMap(gradient, try output()) { $0 * (1 - $1 * $1) }]
        default:
            let slope = try slope()
            return [zipMap(gradient, x) { $0 * slope($1) }]
        }
    }

    /// The derivative of an activation that is worked out from its input.
    private func slope() throws(PithError) -> (Float) -> Float {
        switch op {
        case .leakyRelu:
            let alpha = try attributes.float(.alpha)
            return { $0 < 0 ? alpha : 1 }
        case .elu:
            let alpha = try attributes.float(.alpha)
            return { $0 < 0 ? alpha * Elementary.exp($0) : 1 }
        case .selu:
            let (alpha, gamma) = (try attributes.float(.alpha), try attributes.float(.gamma))
            return { $0 > 0 ? gamma : gamma * (alpha * Elementary.exp($0)) }
        case .hardSigmoid:
            let (alpha, beta) = (try attributes.float(.alpha), try attributes.float(.beta))
            return { alpha * $0 + beta > 0 && alpha * $0 + beta < 1 ? alpha : 0 }
        case .hardSwish: return { $0 <= -3 ? 0 : $0 <= 3 ? $0 / 3 + 0.5 : 1 }
        case .softplus: return { Elementary.sigmoid($0) }
        case .gelu where try attributes.string(.approximate) == "tanh": return Self.geluTanh
        case .gelu: return Self.gelu
        default: throw PithError(.unsupportedOperation, "\(op.name) is not an activation")
        }
    }

    /// Φ(x) + x φ(x).
    private static func gelu(_ x: Float) -> Float {
        let distribution = 0.5 * (1 + Elementary.erf(x * 0.70710678))
        let density = 0.3989422804 * Elementary.exp(-0.5 * x * x)
        return distribution + (density == 0 ? 0 : x * density)
    }

    private static func geluTanh(_ x: Float) -> Float {
        let inner = 0.7978845608 * (x + 0.044715 * x * x * x)
        let t = Elementary.tanh(inner)
        let slope = (1 - t * t) * 0.7978845608 * (1 + 0.134145 * x * x)
        return 0.5 * (1 + t) + (t * t == 1 ? 0 : 0.5 * x * slope)
    }
}
