/// Reductions, sorting, sums along an axis, and quantisation.
extension OperatorDefinition {
    static var reduceMean: Self { reduction("ReduceMean", since: 18, .wide) }
    static var reduceSum: Self { reduction("ReduceSum", since: 13, .wide) }
    static var reduceMax: Self { reduction("ReduceMax", since: 20, [.wide, .bytes, .bool]) }
    static var reduceMin: Self { reduction("ReduceMin", since: 20, [.wide, .bytes, .bool]) }
    static var reduceL2: Self { reduction("ReduceL2", since: 18, .wide) }
    static var argMax: Self { position("ArgMax") }
    static var argMin: Self { position("ArgMin") }
    static var topK: Self {
        Self(
            "TopK", since: 24, [.needed("X", .numbers), .shape("K")],
            [.needed("Values", .numbers), .needed("Indices", .int64, "I")],
            attributes: [.defaulted(.axis, -1), .defaulted(.largest, 1), .defaulted(.sorted, 1)],
            shape: ShapeRules.topK)
    }
    static var cumSum: Self {
        Self(
            "CumSum", since: 14, [.needed("x", .wide), .needed("axis", .indices, "T2")], [.needed("y", .wide)],
            attributes: [.defaulted(.exclusive, 0), .defaulted(.reverse, 0)], shape: ShapeRules.cumSum)
    }

    static var quantizeLinear: Self {
        let scales: ElementTypeSet = [ElementTypeSet(.float32, .float16, .bfloat16), .int32]
        return Self(
            "QuantizeLinear", since: 23,
            [
                .needed("x", scales, "T1"), .needed("y_scale", scales, "T2"),
                .optional("y_zero_point", quantized, "T3"),
            ],
            [.needed("y", quantized, "T3")],
            attributes: [
                .defaulted(.axis, 1), .defaulted(.saturate, 1), .defaulted(.blockSize, 0), .defaulted(.outputType, 0),
                .defaulted(.precision, 0),
            ],
            shape: ShapeRules.quantize)
    }
    static var dequantizeLinear: Self {
        let scales = ElementTypeSet(.float32, .float16, .bfloat16)
        let stored: ElementTypeSet = [quantized, .int32]
        return Self(
            "DequantizeLinear", since: 23,
            [.needed("x", stored, "T1"), .needed("x_scale", scales, "T2"), .optional("x_zero_point", stored, "T1")],
            [.needed("y", scales, "T3")],
            attributes: [.defaulted(.axis, 1), .defaulted(.blockSize, 0), .defaulted(.outputType, 0)],
            shape: ShapeRules.dequantize)
    }
    static var dynamicQuantizeLinear: Self {
        Self(
            "DynamicQuantizeLinear", since: 11, [.needed("x", .float, "T1")],
            [.needed("y", .uint8, "T2"), .needed("y_scale", .float, ""), .needed("y_zero_point", .uint8, "T2")],
            shape: ShapeRules.dynamicQuantize)
    }

    private static var quantized: ElementTypeSet { [.bytes, .float8s, ElementTypeSet(.int16, .uint16)] }

    private static func reduction(_ name: String, since: Int, _ types: ElementTypeSet) -> Self {
        Self(
            name, since: since, [.needed("data", types), .shape("axes", .int64, "", .optional)],
            [.needed("reduced", types)], attributes: [.defaulted(.keepDims, 1), .defaulted(.noopWithEmptyAxes, 0)],
            shape: ShapeRules.reduce)
    }

    private static func position(_ name: String) -> Self {
        Self(
            name, since: 13, [.needed("data", .numbers)], [.needed("reduced", .int64, "I")],
            attributes: [.defaulted(.axis, 0), .defaulted(.keepDims, 1), .defaulted(.selectLastIndex, 0)],
            shape: ShapeRules.position)
    }
}
