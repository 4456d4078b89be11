/// Reductions, sorting, sums along an axis, and quantisation.
extension OperatorDefinition {
    static let reduceMean = reduction("ReduceMean", since: 18, .wide)
    static let reduceSum = reduction("ReduceSum", since: 13, .wide)
    static let reduceMax = reduction("ReduceMax", since: 20, [.wide, .bytes, .bool])
    static let reduceMin = reduction("ReduceMin", since: 20, [.wide, .bytes, .bool])
    static let reduceL2 = reduction("ReduceL2", since: 18, .wide)
    static let argMax = position("ArgMax")
    static let argMin = position("ArgMin")
    static let topK = OperatorDefinition(
        "TopK", since: 24, [.needed("X", .numbers), .shape("K")],
        [.needed("Values", .numbers), .needed("Indices", .int64, "I")],
        attributes: [.defaulted(.axis, -1), .defaulted(.largest, 1), .defaulted(.sorted, 1)],
        shape: ShapeRules.topK)
    static let cumSum = OperatorDefinition(
        "CumSum", since: 14, [.needed("x", .wide), .needed("axis", .indices, "T2")], [.needed("y", .wide)],
        attributes: [.defaulted(.exclusive, 0), .defaulted(.reverse, 0)], shape: ShapeRules.cumSum)

    static let quantizeLinear = OperatorDefinition(
        "QuantizeLinear", since: 23,
        [
            .needed("x", [scales, .int32], "T1"), .needed("y_scale", [scales, .int32], "T2"),
            .optional("y_zero_point", quantized, "T3"),
        ],
        [.needed("y", quantized, "T3")],
        attributes: [
            .defaulted(.axis, 1), .defaulted(.saturate, 1), .defaulted(.blockSize, 0), .defaulted(.outputType, 0),
            .defaulted(.precision, 0),
        ],
        shape: ShapeRules.quantize)
    static let dequantizeLinear = OperatorDefinition(
        "DequantizeLinear", since: 23,
        [
            .needed("x", [quantized, .int32], "T1"), .needed("x_scale", scales, "T2"),
            .optional("x_zero_point", [quantized, .int32], "T1"),
        ],
        [.needed("y", scales, "T3")],
        attributes: [.defaulted(.axis, 1), .defaulted(.blockSize, 0), .defaulted(.outputType, 0)],
        shape: ShapeRules.dequantize)
    static let dynamicQuantizeLinear = OperatorDefinition(
        "DynamicQuantizeLinear", since: 11, [.needed("x", .float, "T1")],
        [.needed("y", .uint8, "T2"), .needed("y_scale", .float, ""), .needed("y_zero_point", .uint8, "T2")],
        shape: ShapeRules.dynamicQuantize)

    private static let quantized: ElementTypeSet = [.bytes, .float8s, ElementTypeSet(.int16, .uint16)]
    private static let scales = ElementTypeSet(.float32, .float16, .bfloat16)

    private static func reduction(_ name: String, since: Int, _ types: ElementTypeSet) -> OperatorDefinition {
        OperatorDefinition(
            name, since: since, [.needed("data", types), .shape("axes", .int64, "", .optional)],
            [.needed("reduced", types)], attributes: [.defaulted(.keepDims, 1), .defaulted(.noopWithEmptyAxes, 0)],
            shape: ShapeRules.reduce)
    }

    private static func position(_ name: String) -> OperatorDefinition {
        OperatorDefinition(
            name, since: 13, [.needed("data", .numbers)], [.needed("reduced", .int64, "I")],
            attributes: [.defaulted(.axis, 0), .defaulted(.keepDims, 1), .defaulted(.selectLastIndex, 0)],
            shape: ShapeRules.position)
    }
}
