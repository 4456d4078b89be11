/// Pooling, normalisation and resampling.
extension OperatorDefinition {
    static let maxPool = OperatorDefinition(
        "MaxPool", since: 22, [.needed("X", [.floats, .bytes])],
        [.needed("Y", [.floats, .bytes]), .optional("Indices", .int64, "I")],
        attributes: [
            .defaulted(.ceilMode, 0), .optional(.dilations, .ints), .required(.kernelShape, .ints),
            .optional(.pads, .ints), .optional(.strides, .ints), .defaulted(.autoPad, "NOTSET"),
            .defaulted(.storageOrder, 0),
        ],
        shape: ShapeRules.maxPool)
    static let averagePool = OperatorDefinition(
        "AveragePool", since: 22, [.needed("X", .floats)], [.needed("Y", .floats)],
        attributes: [
            .defaulted(.ceilMode, 0), .defaulted(.countIncludePad, 0), .optional(.dilations, .ints),
            .required(.kernelShape, .ints), .optional(.pads, .ints), .optional(.strides, .ints),
            .defaulted(.autoPad, "NOTSET"),
        ],
        shape: ShapeRules.pool)
    static let globalAveragePool = global("GlobalAveragePool")
    static let globalMaxPool = global("GlobalMaxPool")
    static let batchNormalization = OperatorDefinition(
        "BatchNormalization", since: 15,
        [
            .needed("X", .floats), .needed("scale", .floats, "T1"), .needed("B", .floats, "T1"),
            .needed("input_mean", .floats, "T2"), .needed("input_var", .floats, "T2"),
        ],
        [
            .needed("Y", .floats), .optional("running_mean", .floats, "T2"),
            .optional("running_var", .floats, "T2"),
        ],
        attributes: [.defaulted(.epsilon, 1e-5), .defaulted(.momentum, 0.9), .defaulted(.trainingMode, 0)],
        shape: ShapeRules.batchNormalization)
    static let layerNormalization = OperatorDefinition(
        "LayerNormalization", since: 17,
        [.needed("X", .floats), .needed("Scale", .floats), .optional("B", .floats)],
        [.needed("Y", .floats), .optional("Mean", statistics, "U"), .optional("InvStdDev", statistics, "U")],
        attributes: [.defaulted(.axis, -1), .defaulted(.epsilon, 1e-5), .defaulted(.stashType, 1)],
        shape: ShapeRules.layerNormalization)
    static let instanceNormalization = OperatorDefinition(
        "InstanceNormalization", since: 22,
        [.needed("input", .floats), .needed("scale", .floats), .needed("B", .floats)],
        [.needed("output", .floats)], attributes: [.defaulted(.epsilon, 1e-5)],
        shape: ShapeRules.instanceNormalization)
    static let resize = OperatorDefinition(
        "Resize", since: 19,
        [
            .needed("X", .numbers, "T1"),
            .shape("roi", ElementTypeSet(.float16, .float32, .float64), "T2", .optional),
            .shape("scales", .float, "", .optional), .shape("sizes", .int64, "", .optional),
        ],
        [.needed("Y", .numbers, "T1")],
        attributes: [
            .defaulted(.mode, "nearest"), .defaulted(.coordinateTransformationMode, "half_pixel"),
            .defaulted(.nearestMode, "round_prefer_floor"), .defaulted(.cubicCoefficient, -0.75),
            .defaulted(.excludeOutside, 0), .defaulted(.extrapolationValue, 0.0), .defaulted(.antialias, 0),
            .defaulted(.keepAspectRatioPolicy, "stretch"), .optional(.axes, .ints),
        ],
        shape: ShapeRules.resize)

    private static let statistics = ElementTypeSet(.float32, .bfloat16)

    private static func global(_ name: String) -> OperatorDefinition {
        OperatorDefinition(
            name, since: 22, [.needed("X", .floats)], [.needed("Y", .floats)], shape: ShapeRules.globalPool)
    }
}
