package import PithGraph

/// What a product or convolution does to its sums after the bias, before they are stored.
package struct Fusion: Sendable, Hashable {
    /// What is applied to each element.
    package private(set) var activation = Activation.none

    /// Whether each 2 × 2 elements then give one, the greatest; before or after the activation is the same, as ReLU
    /// keeps the order.
    package private(set) var poolsPairs = false

    /// A function of one element.
    package enum Activation: Int32, Sendable {
        case none = 0
        case relu = 1
    }

    /// Nothing.
    package init() {}

    /// Whether a max pooling takes windows of 2 × 2 side by side, an odd last row or column left out.
    ///
    /// - Parameter attributes: With the table's defaults added.
    package static func isPoolingOfPairs(_ attributes: Attributes) throws(PithError) -> Bool {
        guard let kernel = try attributes.ints(.kernelShape), kernel == [2, 2],
            try attributes.string(.autoPad) == "NOTSET"
        else { return false }
        let window = try Window(attributes, kernel: kernel)
        return window.strides == [2, 2] && window.dilations == [1, 1] && window.pads == [0, 0, 0, 0]
            && !window.roundsUp
    }

    /// Takes in an operator that follows; false when it cannot.
    ///
    /// - Parameters:
    ///   - follower: The operator that follows.
    ///   - attributes: Its attributes, with the table's defaults added.
    ///   - op: What it follows.
    /// - Throws: `invalidAttribute`.
    package mutating func take(
        _ follower: Operator, _ attributes: Attributes, after op: Operator
    ) throws(PithError) -> Bool {
        switch follower {
        case .relu where activation == .none:
            activation = .relu
            return true
        case .maxPool where op == .conv && !poolsPairs:
            poolsPairs = try Self.isPoolingOfPairs(attributes)
            return poolsPairs
        default:
            return false
        }
    }
}
