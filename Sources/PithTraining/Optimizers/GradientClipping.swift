public import PithMath

/// Limits gradients before a step, as `torch.nn.utils.clip_grad_norm_` and `clip_grad_value_` do.
public enum GradientClipping: Sendable, Hashable {
    /// All gradients are scaled together so that their Euclidean norm is at most this.
    case norm(Double)
    /// Each element is held between minus this and this.
    case value(Float)

    /// What PyTorch adds to the norm that it divides by.
    static let epsilon = 1e-6

    /// Clips gradients in place.
    ///
    /// - Returns: The norm of all gradients before, which is NaN or infinite when one of them is.
    /// - Complexity: O(n) in the elements.
    @discardableResult
    public func apply(to gradients: inout [Tensor?], on compute: Compute) -> Double {
        let norm = Self.norm(of: gradients, on: compute)
        switch self {
        case .norm(let greatest):
            let factor = Float(greatest / (norm + Self.epsilon))
            if !(factor >= 1) {
                for index in gradients.indices { gradients[index]?.scale(by: factor, on: compute) }
            }
        case .value(let greatest):
            for index in gradients.indices {
                gradients[index] = gradients[index].map { map($0) { $0 > greatest ? greatest : max($0, -greatest) } }
            }
        }
        return norm
    }

    /// The Euclidean norm of all gradients as one vector, in float64.
    public static func norm(of gradients: [Tensor?], on compute: Compute) -> Double {
        var sum = 0.0
        for case let gradient? in gradients { sum += gradient.sumOfSquares(on: compute) }
        return sum.squareRoot()
    }
}
