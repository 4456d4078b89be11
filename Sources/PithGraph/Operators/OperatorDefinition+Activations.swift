/// Activations.
extension OperatorDefinition {
    static var relu: Self { function("Relu", since: 14, .signed) }
    static var leakyRelu: Self { function("LeakyRelu", since: 16, attributes: [.defaulted(.alpha, 0.01)]) }
    static var sigmoid: Self { function("Sigmoid", since: 13) }
    static var tanh: Self { function("Tanh", since: 13) }
    static var gelu: Self { function("Gelu", since: 20, attributes: [.defaulted(.approximate, "none")]) }
    static var softmax: Self { alongAxis("Softmax") }
    static var logSoftmax: Self { alongAxis("LogSoftmax") }
    static var elu: Self { function("Elu", since: 22, attributes: [.defaulted(.alpha, 1.0)]) }
    static var selu: Self {
        function("Selu", since: 22, attributes: [.defaulted(.alpha, 1.6732632), .defaulted(.gamma, 1.050701)])
    }
    static var hardSigmoid: Self {
        function("HardSigmoid", since: 22, attributes: [.defaulted(.alpha, 0.2), .defaulted(.beta, 0.5)])
    }
    static var hardSwish: Self { function("HardSwish", since: 22) }
    static var softplus: Self { function("Softplus", since: 22) }
    static var pRelu: Self {
        Self(
            "PRelu", since: 16, [.needed("X", .wide), .needed("slope", .wide)], [.needed("Y", .wide)],
            shape: ShapeRules.stretched)
    }

    private static func alongAxis(_ name: String) -> Self {
        Self(
            name, since: 13, [.needed("input", .floats)], [.needed("output", .floats)],
            attributes: [.defaulted(.axis, -1)], shape: ShapeRules.alongAxis)
    }
}
