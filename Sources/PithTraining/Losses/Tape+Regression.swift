public import PithGraph
import PithMath

/// Losses over pairs of numbers: the mean over all elements, with the names and defaults of `torch.nn`. Both sides have
/// gradients. Sums start at +0 and take the elements in ascending order; then one division by the count.
extension Tape {
    /// The mean of (x - t)².
    ///
    /// - Throws: `shapeMismatch`.
    public func meanSquaredError(_ x: Variable, _ targets: Variable) throws(PithError) -> Variable {
        try pairwise(x, targets) { x, t in
            let d = x - t
            return (d * d, 2 * d, -2 * d)
        }
    }

    /// The mean of |x - t|; its slope at 0 is 0.
    ///
    /// - Throws: `shapeMismatch`.
    public func l1(_ x: Variable, _ targets: Variable) throws(PithError) -> Variable {
        try pairwise(x, targets) { x, t in
            let d = x - t
            let slope: Float = d > 0 ? 1 : d < 0 ? -1 : 0
            return (abs(d), slope, -slope)
        }
    }

    /// The mean of (x - t)²/2 where |x - t| is at most delta, else of delta · (|x - t| - delta/2).
    ///
    /// - Throws: `shapeMismatch`; `invalidArgument` for a delta that is not above 0.
    public func huber(_ x: Variable, _ targets: Variable, delta: Float = 1) throws(PithError) -> Variable {
        guard delta > 0 else { throw PithError(.invalidArgument, "a delta of \(delta)", advice: "take one above 0") }
        return try pairwise(x, targets) { x, t in
            let d = x - t
            let slope = min(max(d, -delta), delta)
            return (abs(d) <= delta ? 0.5 * d * d : delta * (abs(d) - 0.5 * delta), slope, -slope)
        }
    }

    /// The mean of -(t log σ(x) + (1 - t) log(1 - σ(x))), as max(x, 0) - x · t + log(1 + exp(-|x|)).
    ///
    /// - Throws: `shapeMismatch`.
    public func binaryCrossEntropy(logits: Variable, targets: Variable) throws(PithError) -> Variable {
        try pairwise(logits, targets) { x, t in
            let e = Elementary.exp(-abs(x))
            // log(1 + e), where the sum's rounding is divided out again: Kahan's way, as in HP's calculators.
            let sum = 1 + e
            let logarithm = sum == 1 ? e : Elementary.log(sum) * (e / (sum - 1))
            return (max(x, 0) - x * t + logarithm, Elementary.sigmoid(x) - t, -x)
        }
    }

    /// - Parameter term: A pair's share, and its slopes in both.
    private func pairwise(
        _ x: Variable, _ targets: Variable, _ term: @escaping (Float, Float) -> (value: Float, x: Float, t: Float)
    ) throws(PithError) -> Variable {
        guard x.value.shape == targets.value.shape, x.value.count > 0 else {
            throw PithError(.shapeMismatch, "a loss of \(x.value) and targets \(targets.value)")
        }
        let (left, right, shape) = (x.value.floats, targets.value.floats, x.value.shape)
        let count = Float(left.count)
        var sum: Float = 0
        for index in left.indices { sum += term(left[index], right[index]).value }
        let needsTargets = targets.requiresGradient
        return record(Tensor([sum / count], shape: []), inputs: [x, targets]) { gradient in
            let scale = gradient.floats[0]
            let terms = left.indices.map { term(left[$0], right[$0]) }
            return [
                Tensor(terms.map { $0.x / count * scale }, shape: shape),
                needsTargets ? Tensor(terms.map { $0.t / count * scale }, shape: shape) : nil,
            ]
        }
    }
}
