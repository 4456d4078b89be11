import PithGraph
import PithMath

extension GradientContext {
    /// Functions of one element: g · f'(x).
    func elementwise() throws(PithError) -> Tensor {
        let x = try input(0)
        switch op {
        case .neg: return map(gradient) { -$0 }
        case .abs: return zipMap(gradient, x) { $1 > 0 ? $0 : $1 < 0 ? -$0 : 0 }
        case .sqrt: return zipMap(gradient, output) { $0 / ($1 + $1) }
        case .exp: return zipMap(gradient, output) { $0 * $1 }
        case .log: return zipMap(gradient, x) { $0 / $1 }
        case .erf: return zipMap(gradient, x) { $0 * (1.1283791670955126 * Elementary.exp(-$1 * $1)) }
        case .sin: return zipMap(gradient, x) { $0 * Elementary.cos($1) }
        case .cos: return zipMap(gradient, x) { -($0 * Elementary.sin($1)) }
        default: throw PithError(.unsupportedOperation, "\(op.name) is not a function of one element")
        }
    }

    /// Activations: g · f'(x), from the output where that is shorter. Relu's slope at 0 is 0, LeakyRelu's is 1.
    func activation() throws(PithError) -> Tensor {
        let x = try input(0)
        switch op {
        case .relu: return Execution.reluGradient(x, gradient, on: compute)
        case .leakyRelu:
            let alpha = try attributes.float(.alpha)
            return zipMap(gradient, x) { $1 < 0 ? alpha * $0 : $0 }
        case .sigmoid: return zipMap(gradient, output) { $0 * ($1 * (1 - $1)) }
        case .tanh: return zipMap(gradient, output) { $0 * (1 - $1 * $1) }
        case .gelu:
            if try attributes.string(.approximate) == "tanh" { return zipMap(gradient, x) { $0 * Self.geluTanh($1) } }
            return zipMap(gradient, x) { $0 * Self.gelu($1) }
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

    /// Functions of two elements that broadcast. Each gradient is taken at the output's shape and then summed to the
    /// input's.
    func broadcasting() throws(PithError) -> [Tensor?] {
        let (left, right) = (try input(0), try input(1))
        let shape = output.shape
        let a = Broadcast.expanded(left, to: shape)
        let b = Broadcast.expanded(right, to: shape)
        var (leftGradient, rightGradient): (Tensor?, Tensor?)
        if needs(0) {
            let full =
                switch op {
                case .mul: zipMap(gradient, b) { $0 * $1 }
                case .div: zipMap(gradient, b) { $0 / $1 }
                case .pow:
                    zipMap(
                        gradient, zipMap(a, b) { $1 == 0 ? 0 : $1 * Elementary.pow($0, $1 - 1) }
                    ) { $0 * $1 }
                default: gradient
                }
            leftGradient = Broadcast.summed(full, to: left.shape, on: compute)
        }
        if needs(1) {
            let full =
                switch op {
                case .sub: map(gradient) { -$0 }
                case .mul: zipMap(gradient, a) { $0 * $1 }
                case .div: zipMap(gradient, zipMap(output, b) { $0 / $1 }) { -($0 * $1) }
                case .pow:
                    zipMap(gradient, zipMap(a, output) { $0 == 0 ? 0 : $1 * Elementary.log($0) }) { $0 * $1 }
                default: gradient
                }
            rightGradient = Broadcast.summed(full, to: right.shape, on: compute)
        }
        return [leftGradient, rightGradient]
    }
}
