package import PithGraph

/// What a product or convolution does to its sums after the bias, before they are stored.
package struct Fusion: Sendable, Hashable {
    /// What is applied to each element.
    package private(set) var activation = Activation.none

    /// A function of one element.
    package enum Activation: Int32, Sendable {
        case none = 0
        case relu = 1
    }

    /// Nothing.
    package init() {}

    /// Takes in an operator that follows; false when it cannot.
    package mutating func take(_ op: Operator, _ attributes: Attributes) -> Bool {
        guard op == .relu, activation == .none else { return false }
        activation = .relu
        return true
    }
}
