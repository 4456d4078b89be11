extension Operator {
    /// The operator's row in the table (`spec/OPERATORS.md` has the same rows).
    public var definition: OperatorDefinition {
        switch self {
        case .constant:
            OperatorDefinition(
                "Constant", since: 21, inputs: [], attributes: [.required(.valueInts, .ints)],
                shape: ShapeRules.constant)
        case .identity:
            OperatorDefinition("Identity", since: 21, inputs: [.needed("input", .all)], shape: ShapeRules.same)
        case .dropout:
            OperatorDefinition(
                "Dropout", since: 13, inputs: [.needed("data"), .optional("ratio")], shape: ShapeRules.dropout)
        case .flatten:
            OperatorDefinition(
                "Flatten", since: 21, inputs: [.needed("input", .all)], attributes: [.defaulted(.axis, 1)],
                shape: ShapeRules.flatten)
        case .reshape:
            OperatorDefinition(
                "Reshape", since: 21, inputs: [.needed("data", .all), .needed("shape", .integers)],
                attributes: [.defaulted(.allowZero, 0)], shape: ShapeRules.reshape)
        case .transpose:
            OperatorDefinition(
                "Transpose", since: 21, inputs: [.needed("data")], attributes: [.optional(.perm, .ints)],
                shape: ShapeRules.transpose)

        case .add: .elementwiseBinary("Add", since: 14)
        case .sub: .elementwiseBinary("Sub", since: 14)
        case .mul: .elementwiseBinary("Mul", since: 14)
        case .div: .elementwiseBinary("Div", since: 14)
        case .pow: .elementwiseBinary("Pow", since: 15)
        case .neg: .elementwise("Neg", since: 13)
        case .abs: .elementwise("Abs", since: 13)
        case .sqrt: .elementwise("Sqrt", since: 13)
        case .exp: .elementwise("Exp", since: 13)
        case .log: .elementwise("Log", since: 13)
        case .erf: .elementwise("Erf", since: 13)
        case .sin: .elementwise("Sin", since: 7)
        case .cos: .elementwise("Cos", since: 7)

        case .relu: .elementwise("Relu", since: 14)
        case .leakyRelu: .elementwise("LeakyRelu", since: 16, attributes: [.defaulted(.alpha, 0.01)])
        case .sigmoid: .elementwise("Sigmoid", since: 13)
        case .tanh: .elementwise("Tanh", since: 13)
        case .gelu: .elementwise("Gelu", since: 20, attributes: [.defaulted(.approximate, "none")])
        case .softmax: .alongAxis("Softmax", since: 13)
        case .logSoftmax: .alongAxis("LogSoftmax", since: 13)

        case .matMul:
            OperatorDefinition("MatMul", since: 13, inputs: [.needed("A"), .needed("B")], shape: ShapeRules.matMul)
        case .gemm:
            OperatorDefinition(
                "Gemm", since: 13, inputs: [.needed("A"), .needed("B"), .optional("C")],
                attributes: [
                    .defaulted(.alpha, 1.0), .defaulted(.beta, 1.0), .defaulted(.transA, 0), .defaulted(.transB, 0),
                ],
                shape: ShapeRules.gemm)
        case .conv:
            OperatorDefinition(
                "Conv", since: 11, inputs: [.needed("X"), .needed("W"), .optional("B")],
                attributes: [
                    .optional(.dilations, .ints), .defaulted(.group, 1), .optional(.kernelShape, .ints),
                    .optional(.pads, .ints), .optional(.strides, .ints),
                ],
                shape: ShapeRules.conv)

        case .maxPool:
            OperatorDefinition(
                "MaxPool", since: 12, inputs: [.needed("X")],
                attributes: [
                    .defaulted(.ceilMode, 0), .optional(.dilations, .ints), .required(.kernelShape, .ints),
                    .optional(.pads, .ints), .optional(.strides, .ints),
                ],
                shape: ShapeRules.pool)
        case .averagePool:
            OperatorDefinition(
                "AveragePool", since: 19, inputs: [.needed("X")],
                attributes: [
                    .defaulted(.ceilMode, 0), .defaulted(.countIncludePad, 0), .optional(.dilations, .ints),
                    .required(.kernelShape, .ints), .optional(.pads, .ints), .optional(.strides, .ints),
                ],
                shape: ShapeRules.pool)
        case .globalAveragePool:
            OperatorDefinition("GlobalAveragePool", since: 1, inputs: [.needed("X")], shape: ShapeRules.globalPool)
        case .batchNormalization:
            OperatorDefinition(
                "BatchNormalization", since: 15,
                inputs: [.needed("X"), .needed("scale"), .needed("B"), .needed("input_mean"), .needed("input_var")],
                attributes: [.defaulted(.epsilon, 1e-5), .defaulted(.momentum, 0.9)],
                shape: ShapeRules.batchNormalization)
        }
    }
}

extension OperatorDefinition {
    fileprivate static func elementwise(_ name: String, since: Int, attributes: [Attribute] = []) -> Self {
        Self(name, since: since, inputs: [.needed("X")], attributes: attributes, shape: ShapeRules.same)
    }

    fileprivate static func elementwiseBinary(_ name: String, since: Int) -> Self {
        Self(name, since: since, inputs: [.needed("A"), .needed("B")], shape: ShapeRules.broadcast)
    }

    fileprivate static func alongAxis(_ name: String, since: Int) -> Self {
        Self(
            name, since: since, inputs: [.needed("input")], attributes: [.defaulted(.axis, -1)],
            shape: ShapeRules.alongAxis)
    }
}
