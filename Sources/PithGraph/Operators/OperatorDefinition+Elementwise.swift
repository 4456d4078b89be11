/// Operators that work element by element.
extension OperatorDefinition {
    static let add = arithmetic("Add")
    static let sub = arithmetic("Sub")
    static let mul = arithmetic("Mul")
    static let div = arithmetic("Div")
    static let pow = OperatorDefinition(
        "Pow", since: 15,
        [.needed("X", [.floats, .indices]), .needed("Y", .numbers, "T1")], [.needed("Z", [.floats, .indices])],
        shape: ShapeRules.broadcast)
    static let min = extremum("Min", "min")
    static let max = extremum("Max", "max")
    static let and = comparison("And", since: 7, .bool)
    static let or = comparison("Or", since: 7, .bool)
    static let equal = comparison("Equal", since: 19, [.numbers, .bool])
    static let less = comparison("Less", since: 13, .numbers)
    static let lessOrEqual = comparison("LessOrEqual", since: 16, .numbers)
    static let greater = comparison("Greater", since: 13, .numbers)
    static let greaterOrEqual = comparison("GreaterOrEqual", since: 16, .numbers)
    static let `where` = OperatorDefinition(
        "Where", since: 16, [.needed("condition", .bool, "B"), .needed("X", .any), .needed("Y", .any)],
        [.needed("output", .any)], shape: ShapeRules.choose)

    static let neg = function("Neg", since: 13, .signed)
    static let abs = function("Abs", since: 13, .numbers)
    static let sqrt = function("Sqrt", since: 13)
    static let exp = function("Exp", since: 13)
    static let log = function("Log", since: 13)
    static let erf = function("Erf", since: 13)
    static let sin = function("Sin", since: 22)
    static let cos = function("Cos", since: 22)
    static let reciprocal = function("Reciprocal", since: 13)
    static let not = function("Not", since: 1, .bool)
    static let clip = OperatorDefinition(
        "Clip", since: 13, [.needed("input", .numbers), .optional("min", .numbers), .optional("max", .numbers)],
        [.needed("output", .numbers)], shape: ShapeRules.clip)
    static let cast = OperatorDefinition(
        "Cast", since: 19, [.needed("input", .any, "T1")], [.needed("output", .any, "T2")],
        attributes: [.required(.to, .int), .defaulted(.saturate, 1)], shape: ShapeRules.cast)

    private static func arithmetic(_ name: String) -> OperatorDefinition {
        OperatorDefinition(
            name, since: 14, [.needed("A", .numbers), .needed("B", .numbers)], [.needed("C", .numbers)],
            shape: ShapeRules.broadcast)
    }

    private static func comparison(_ name: String, since: Int, _ types: ElementTypeSet) -> OperatorDefinition {
        OperatorDefinition(
            name, since: since, [.needed("A", types), .needed("B", types)], [.needed("C", .bool, "T1")],
            shape: ShapeRules.compare)
    }

    private static func extremum(_ name: String, _ output: String) -> OperatorDefinition {
        OperatorDefinition(
            name, since: 13, [.variadic("data_0", .numbers)], [.needed(output, .numbers)], shape: ShapeRules.broadcast)
    }

    static func function(
        _ name: String, since: Int, _ types: ElementTypeSet = .floats, attributes: [Attribute] = []
    ) -> OperatorDefinition {
        OperatorDefinition(
            name, since: since, [.needed("X", types)], [.needed("Y", types)], attributes: attributes,
            shape: ShapeRules.same)
    }
}
