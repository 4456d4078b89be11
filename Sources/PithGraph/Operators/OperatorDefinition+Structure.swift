/// Constants, and operators that only move elements or tell shapes.
extension OperatorDefinition {
    static let constant = OperatorDefinition(
        "Constant", since: 21, [], [.needed("output", .any)],
        attributes: [.optional(.valueInts, .ints), .optional(.value, .tensor)], shape: ShapeRules.constant)
    static let identity = move("Identity", since: 21, shape: ShapeRules.same)
    static let dropout = OperatorDefinition(
        "Dropout", since: 22,
        [
            .needed("data", [.floats, .float8s]), .optional("ratio", [.floats, .float8s], "T1"),
            .optional("training_mode", .bool, "T2"),
        ],
        [.needed("output", [.floats, .float8s]), .optional("mask", .bool, "T2")], attributes: [.optional(.seed, .int)],
        shape: ShapeRules.dropout)
    static let flatten = move("Flatten", since: 21, attributes: [.defaulted(.axis, 1)], shape: ShapeRules.flatten)
    static let reshape = move(
        "Reshape", since: 21, [.shape("shape")], attributes: [.defaulted(.allowZero, 0)],
        shape: ShapeRules.reshape)
    static let transpose = move(
        "Transpose", since: 21, attributes: [.optional(.perm, .ints)], shape: ShapeRules.transpose)
    static let squeeze = move("Squeeze", since: 21, [.shape("axes", .int64, "", .optional)], shape: ShapeRules.squeeze)
    static let unsqueeze = move("Unsqueeze", since: 21, [.shape("axes")], shape: ShapeRules.unsqueeze)
    static let concat = OperatorDefinition(
        "Concat", since: 13, [.variadic("inputs", .any)], [.needed("concat_result", .any)],
        attributes: [.required(.axis, .int)], shape: ShapeRules.concat)
    static let split = OperatorDefinition(
        "Split", since: 18, [.needed("input", .any), .shape("split", .int64, "", .optional)],
        [.variadic("outputs", .any)], attributes: [.defaulted(.axis, 0), .optional(.numOutputs, .int)],
        shape: ShapeRules.split)
    static let slice = OperatorDefinition(
        "Slice", since: 13,
        [
            .needed("data", .any), .shape("starts", .indices, "Tind"), .shape("ends", .indices, "Tind"),
            .shape("axes", .indices, "Tind", .optional), .shape("steps", .indices, "Tind", .optional),
        ],
        [.needed("output", .any)], shape: ShapeRules.slice)
    static let gather = OperatorDefinition(
        "Gather", since: 13, [.needed("data", .any), .needed("indices", .indices, "Tind")],
        [.needed("output", .any)], attributes: [.defaulted(.axis, 0)], shape: ShapeRules.gather)
    static let pad = OperatorDefinition(
        "Pad", since: 21,
        [
            .needed("data", .any), .shape("pads"), .optional("constant_value", .any),
            .shape("axes", .indices, "Tind", .optional),
        ],
        [.needed("output", .any)], attributes: [.defaulted(.mode, "constant")], shape: ShapeRules.pad)
    static let expand = OperatorDefinition(
        "Expand", since: 13, [.needed("input", .any), .shape("shape")], [.needed("output", .any)],
        shape: ShapeRules.expand)
    static let tile = OperatorDefinition(
        "Tile", since: 13, [.needed("input", .any), .shape("repeats")], [.needed("output", .any)],
        shape: ShapeRules.tile)

    static let shape = OperatorDefinition(
        "Shape", since: 21, [.needed("data", .any)], [.needed("shape", .int64, "T1")],
        attributes: [.defaulted(.start, 0), .optional(.end, .int)], shape: ShapeRules.shape)
    static let size = OperatorDefinition(
        "Size", since: 21, [.needed("data", .any)], [.needed("size", .int64, "T1")], shape: ShapeRules.size)
    static let range = OperatorDefinition(
        "Range", since: 27,
        [.shape("start", counted, "T"), .shape("limit", counted, "T"), .shape("delta", counted, "T")],
        [.needed("output", counted)], attributes: [.defaulted(.stashType, 1)], shape: ShapeRules.range)
    static let constantOfShape = OperatorDefinition(
        "ConstantOfShape", since: 21, [.shape("input", .int64, "T1")], [.needed("output", .any, "T2")],
        attributes: [.optional(.value, .tensor)], shape: ShapeRules.constantOfShape)
    static let `if` = OperatorDefinition(
        "If", since: 21, [.needed("cond", .bool, "B"), .variadic("captures", .any, "")],
        [.variadic("outputs", .any, "")],
        attributes: [.required(.thenBranch, .graph), .required(.elseBranch, .graph)], shape: ShapeRules.branch)

    private static let counted: ElementTypeSet = [.floats, .indices, ElementTypeSet(.int16)]

    private static func move(
        _ name: String, since: Int, _ more: [Operand] = [], attributes: [Attribute] = [],
        shape rule: @escaping ShapeRule
    ) -> OperatorDefinition {
        OperatorDefinition(
            name, since: since, [.needed("data", .any)] + more, [.needed("output", .any)], attributes: attributes,
            shape: rule)
    }
}
