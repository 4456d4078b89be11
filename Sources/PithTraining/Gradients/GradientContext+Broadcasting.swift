import PithGraph
import PithMath

/// Functions of two or more elements that broadcast. Each gradient is taken at the output's shape and then summed to
/// the input's.
extension GradientContext {
    func broadcasting() throws(PithError) -> [Tensor?] {
        [
            needs(0) ? Broadcast.summed(try leftGradient(), to: try input(0).shape, on: compute) : nil,
            needs(1) ? Broadcast.summed(try rightGradient(), to: try input(1).shape, on: compute) : nil,
        ]
    }

    private func expanded(_ index: Int) throws(PithError) -> Tensor {
        Broadcast.expanded(try input(index), to: gradient.shape)
    }

    private func leftGradient() throws(PithError) -> Tensor {
        switch op {
        case .mul: return zipMap(gradient, try expanded(1)) { $0 * $1 }
        case .div: return zipMap(gradient, try expanded(1)) { $0 / $1 }
        case .pow:
            let slope = zipMap(try expanded(0), try expanded(1)) { $1 == 0 ? 0 : $1 * Elementary.pow($0, $1 - 1) }
            return zipMap(gradient, slope) { $0 * $1 }
        default: return gradient
        }
    }

    private func rightGradient() throws(PithError) -> Tensor {
        switch op {
        case .sub: return map(gradient) { -$0 }
        case .mul: return zipMap(gradient, try expanded(0)) { $0 * $1 }
        case .div: return zipMap(gradient, zipMap(try output(), try expanded(1)) { $0 / $1 }) { -($0 * $1) }
        case .pow:
            let slope = zipMap(try expanded(0), try output()) { $0 == 0 ? 0 : $1 * Elementary.log($0) }
            return zipMap(gradient, slope) { $0 * $1 }
        default: return gradient
        }
    }

    /// Min and Max of any number: the inputs that equal the output share its gradient evenly.
    func extremum() throws(PithError) -> [Tensor?] {
        var winners: [Tensor] = []
        for index in inputs.indices {
            winners.append(zipMap(try expanded(index), try output()) { Self.areSame($0, $1) ? 1 : 0 })
        }
        let counts = winners.dropFirst().reduce(winners[0]) { Execution.sum($0, $1, on: compute) }
        let shares = zipMap(gradient, counts) { $0 / $1 }
        return try inputs.indices.map { index throws(PithError) in
            guard needs(index) else { return nil }
            let own = zipMap(shares, winners[index]) { $1 == 0 ? 0 : $0 }
            return Broadcast.summed(own, to: try input(index).shape, on: compute)
        }
    }

    /// PRelu: where x is below 0 its slope takes x · g, else x takes g.
    func pRelu() throws(PithError) -> [Tensor?] {
        let (x, slope) = (try input(0), try input(1))
        let factors = zipMap(x, Broadcast.expanded(slope, to: x.shape)) { $0 < 0 ? $1 : 1 }
        return [
            needs(0) ? zipMap(factors, gradient) { $0 * $1 } : nil,
            needs(1)
                ? Broadcast.summed(zipMap(x, gradient) { $0 < 0 ? $0 * $1 : 0 }, to: slope.shape, on: compute) : nil,
        ]
    }

    /// Clip: a bound gets the gradients of the elements that it holds, in one sum in ascending order.
    func clip() throws(PithError) -> [Tensor?] {
        let bounds = (1...2).map { $0 < inputs.count ? inputs[$0]?.floats.first : nil }
        let (low, high) = (bounds[0] ?? -.infinity, bounds[1] ?? .infinity)
        let x = try input(0)
        func sum(_ isHeld: (Float) -> Bool) -> Tensor {
            let held = zipMap(gradient, x) { isHeld($1) ? $0 : 0 }
            return Broadcast.summed(held, to: [], on: compute)
        }
        return [
            zipMap(gradient, x) { $1 < low || max($1, low) > high ? 0 : $0 },
            needs(1) ? try sum { $0 < low && low <= high }.reshaped(to: input(1).shape) : nil,
            needs(2) ? try sum { max($0, low) > high }.reshaped(to: input(2).shape) : nil,
        ]
    }
}
