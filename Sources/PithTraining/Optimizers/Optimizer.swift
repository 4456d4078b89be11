public import PithGraph
public import PithMath

/// A rule that changes parameters by their gradients, with the names, defaults and formulas of PyTorch.
///
///     var optimizer = try Optimizer(.adamW(), parameterCount: parameters.count)
///     optimizer.step(&parameters, gradients: gradients, rate: 1e-3, on: compute)
public struct Optimizer: Sendable {
    /// Which rule.
    public let kind: Kind

    /// The steps taken.
    public internal(set) var steps = 0

    /// The state: for each parameter, one tensor per name in `kind.stateNames`; empty before the first step.
    public internal(set) var state: [[Tensor]]

    /// Creates a rule for a number of parameters, before its first step.
    ///
    /// - Throws: `invalidArgument` for constants that PyTorch refuses too, as Nesterov's momentum without momentum.
    public init(_ kind: Kind, parameterCount: Int) throws(PithError) {
        try kind.check()
        self.kind = kind
        state = [[Tensor]](repeating: [], count: parameterCount)
    }

    /// Takes a step: changes each parameter that has a gradient.
    ///
    /// - Parameters:
    ///   - parameters: As many as the rule was made for; changed in place where nobody else holds them.
    ///   - gradients: One per parameter, of its shape, or nil.
    ///   - rate: The learning rate.
    ///   - compute: Kernels and threads.
    /// - Complexity: O(n) in the elements.
    public mutating func step(
        _ parameters: inout [Tensor], gradients: [Tensor?], rate: Double, on compute: Compute
    ) {
        precondition(parameters.count == state.count && gradients.count == state.count, "the counts differ")
        steps += 1
        for index in parameters.indices where gradients[index] != nil && state[index].isEmpty {
            state[index] = kind.stateNames.map { _ in Tensor(zeros: parameters[index].shape) }
        }
        kind.step(steps, rate: rate).apply(to: &parameters, state: &state, gradients: gradients, on: compute)
    }
}
