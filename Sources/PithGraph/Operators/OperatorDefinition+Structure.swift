/// Constants, and operators that only move elements or tell shapes.
extension OperatorDefinition {
    static var constant: Self {
        Self(
            "Constant", since: 21, [], [.needed("output", .any)],
            attributes: [.optional(.valueInts, .ints), .optional(.value, .tensor)], shape: ShapeRules.constant)
    }
    static var identity: Self { move("Identity", since: 21, shape: ShapeRules.same) }
    static var dropout: Self {
        let types: ElementTypeSet = [.floats, .float8s]
        return Self(
            "Dropout", since: 22,
            [.needed("data", types), .optional("ratio", types, "T1"), .optional("training_mode", .bool, "T2")],
            [.needed("output", types), .optional("mask", .bool, "T2")], attributes: [.optional(.seed, .int)],
            shape: ShapeRules.dropout)
    }
    static var flatten: Self {
        move("Flatten", since: 21, attributes: [.defaulted(.axis, 1)], shape: ShapeRules.flatten)
    }
    static var reshape: Self {
        move(
            "Reshape", since: 21, [.shape("shape")], attributes: [.defaulted(.allowZero, 0)],
            shape: ShapeRules.reshape)
    }
    static var transpose: Self {
        move("Transpose", since: 21, attributes: [.optional(.perm, .ints)], shape: ShapeRules.transpose)
    }
    static var squeeze: Self {
        move("Squeeze", since: 21, [.shape("axes", .int64, "", .optional)], shape: ShapeRules.squeeze)
    }
    static var unsqueeze: Self { move("Unsqueeze", since: 21, [.shape("axes")], shape: ShapeRules.unsqueeze) }
    static var concat: Self {
        Self(
            "Concat", since: 13, [.variadic("inputs", .any)], [.needed("concat_result", .any)],
            attributes: [.required(.axis, .int)], shape: ShapeRules.concat)
    }
    static var split: Self {
        Self(
            "Split", since: 18, [.needed("input", .any), .shape("split", .int64, "", .optional)],
            [.variadic("outputs", .any)], attributes: [.defaulted(.axis, 0), .optional(.numOutputs, .int)],
            shape: ShapeRules.split)
    }
    static var slice: Self {
        Self(
            "Slice", since: 13,
            [
                .needed("data", .any), .shape("starts", .indices, "Tind"), .shape("ends", .indices, "Tind"),
                .shape("axes", .indices, "Tind", .optional), .shape("steps", .indices, "Tind", .optional),
            ],
            [.needed("output", .any)], shape: ShapeRules.slice)
    }
    static var gather: Self {
        Self(
            "Gather", since: 13, [.needed("data", .any), .needed("indices", .indices, "Tind")],
            [.needed("output", .any)], attributes: [.defaulted(.axis, 0)], shape: ShapeRules.gather)
    }
    static var pad: Self {
        Self(
            "Pad", since: 21,
            [
                .needed("data", .any), .shape("pads"), .optional("constant_value", .any),
                .shape("axes", .indices, "Tind", .optional),
            ],
            [.needed("output", .any)], attributes: [.defaulted(.mode, "constant")], shape: ShapeRules.pad)
    }
    static var expand: Self {
        Self(
            "Expand", since: 13, [.needed("input", .any), .shape("shape")], [.needed("output", .any)],
            shape: ShapeRules.expand)
    }
    static var tile: Self {
        Self(
            "Tile", since: 13, [.needed("input", .any), .shape("repeats")], [.needed("output", .any)],
            shape: ShapeRules.tile)
    }

    static var shape: Self {
        Self(
            "Shape", since: 21, [.needed("data", .any)], [.needed("shape", .int64, "T1")],
            attributes: [.defaulted(.start, 0), .optional(.end, .int)], shape: ShapeRules.shape)
    }
    static var size: Self {
        Self("Size", since: 21, [.needed("data", .any)], [.needed("size", .int64, "T1")], shape: ShapeRules.size)
    }
    static var range: Self {
        let types: ElementTypeSet = [.floats, .indices, ElementTypeSet(.int16)]
        return Self(
            "Range", since: 27,
            [.shape("start", types, "T"), .shape("limit", types, "T"), .shape("delta", types, "T")],
            [.needed("output", types)], attributes: [.defaulted(.stashType, 1)], shape: ShapeRules.range)
    }
    static var constantOfShape: Self {
        Self(
            "ConstantOfShape", since: 21, [.shape("input", .int64, "T1")], [.needed("output", .any, "T2")],
            attributes: [.optional(.value, .tensor)], shape: ShapeRules.constantOfShape)
    }
    static var `if`: Self {
        Self(
            "If", since: 21, [.needed("cond", .bool, "B"), .variadic("captures", .any, "")],
            [.variadic("outputs", .any, "")],
            attributes: [.required(.thenBranch, .graph), .required(.elseBranch, .graph)], shape: ShapeRules.branch)
    }

    private static func move(
        _ name: String, since: Int, _ more: [Operand] = [], attributes: [Attribute] = [],
        shape rule: @escaping ShapeRule
    ) -> Self {
        Self(
            name, since: since, [.needed("data", .any)] + more, [.needed("output", .any)], attributes: attributes,
            shape: rule)
    }
}
