/// Activations.
extension OperatorDefinition {
    static let relu = function("Relu", since: 14, .signed)
    static let leakyRelu = function("LeakyRelu", since: 16, attributes: [.defaulted(.alpha, 0.01)])
    static let sigmoid = function("Sigmoid", since: 13)
    static let tanh = function("Tanh", since: 13)
    static let gelu = function("Gelu", since: 20, attributes: [.defaulted(.approximate, "none")])
    static let softmax = alongAxis("Softmax")
    static let logSoftmax = alongAxis("LogSoftmax")
    static let elu = function("Elu", since: 22, attributes: [.defaulted(.alpha, 1.0)])
    static let selu = function(
        "Selu", since: 22, attributes: [.defaulted(.alpha, 1.6732632), .defaulted(.gamma, 1.050701)])
    static let hardSigmoid = function(
        "HardSigmoid", since: 22, attributes: [.defaulted(.alpha, 0.2), .defaulted(.beta, 0.5)])
    static let hardSwish = function("HardSwish", since: 22)
    static let softplus = function("Softplus", since: 22)
    static let pRelu = OperatorDefinition(
        "PRelu", since: 16, [.needed("X", .wide), .needed("slope", .wide)], [.needed("Y", .wide)],
        shape: ShapeRules.stretched)

    private static func alongAxis(_ name: String) -> OperatorDefinition {
        OperatorDefinition(
            name, since: 13, [.needed("input", .floats)], [.needed("output", .floats)],
            attributes: [.defaulted(.axis, -1)], shape: ShapeRules.alongAxis)
    }
}
