/// Products, convolutions and recurrent layers.
extension OperatorDefinition {
    static let matMul = OperatorDefinition(
        "MatMul", since: 13, [.needed("A", .wide), .needed("B", .wide)], [.needed("Y", .wide)],
        shape: ShapeRules.matMul)
    static let gemm = OperatorDefinition(
        "Gemm", since: 13, [.needed("A", .wide), .needed("B", .wide), .optional("C", .wide)],
        [.needed("Y", .wide)],
        attributes: [
            .defaulted(.alpha, 1.0), .defaulted(.beta, 1.0), .defaulted(.transA, 0), .defaulted(.transB, 0),
        ],
        shape: ShapeRules.gemm)
    static let conv = OperatorDefinition(
        "Conv", since: 22, [.needed("X", .floats), .needed("W", .floats), .optional("B", .floats)],
        [.needed("Y", .floats)],
        attributes: [
            .optional(.dilations, .ints), .defaulted(.group, 1), .optional(.kernelShape, .ints),
            .optional(.pads, .ints), .optional(.strides, .ints), .defaulted(.autoPad, "NOTSET"),
        ],
        shape: ShapeRules.conv)
    static let convTranspose = OperatorDefinition(
        "ConvTranspose", since: 22, [.needed("X", .floats), .needed("W", .floats), .optional("B", .floats)],
        [.needed("Y", .floats)],
        attributes: [
            .optional(.dilations, .ints), .defaulted(.group, 1), .optional(.kernelShape, .ints),
            .optional(.pads, .ints), .optional(.strides, .ints), .defaulted(.autoPad, "NOTSET"),
            .optional(.outputPadding, .ints), .optional(.outputShape, .ints),
        ],
        shape: ShapeRules.convTranspose)
    static let matMulInteger = OperatorDefinition(
        "MatMulInteger", since: 10,
        [
            .needed("A", .bytes, "T1"), .needed("B", .bytes, "T2"), .optional("a_zero_point", .bytes, "T1"),
            .optional("b_zero_point", .bytes, "T2"),
        ],
        [.needed("Y", .int32, "T3")], shape: ShapeRules.matMulInteger)
    static let lstm = OperatorDefinition(
        "LSTM", since: 22,
        [
            .needed("X", .floats), .needed("W", .floats), .needed("R", .floats), .optional("B", .floats),
            .optional("sequence_lens", .int32, "T1"), .optional("initial_h", .floats),
            .optional("initial_c", .floats), .optional("P", .floats),
        ],
        [.needed("Y", .floats), .optional("Y_h", .floats), .optional("Y_c", .floats)],
        attributes: recurrent + [.defaulted(.inputForget, 0)] + activations, shape: ShapeRules.recurrent(gates: 4))
    static let gru = OperatorDefinition(
        "GRU", since: 22,
        [
            .needed("X", .floats), .needed("W", .floats), .needed("R", .floats), .optional("B", .floats),
            .optional("sequence_lens", .int32, "T1"), .optional("initial_h", .floats),
        ],
        [.needed("Y", .floats), .optional("Y_h", .floats)],
        attributes: recurrent + activations + [.defaulted(.linearBeforeReset, 0)],
        shape: ShapeRules.recurrent(gates: 3))

    private static var recurrent: [Attribute] {
        [.optional(.hiddenSize, .int), .defaulted(.direction, "forward"), .defaulted(.layout, 0)]
    }
    private static var activations: [Attribute] {
        [
            .optional(.clip, .float), .optional(.activations, .strings), .optional(.activationAlpha, .floats),
            .optional(.activationBeta, .floats),
        ]
    }
}
