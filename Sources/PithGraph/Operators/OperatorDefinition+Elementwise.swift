/// Operators that work element by element.
extension OperatorDefinition {
    static var add: Self { arithmetic("Add") }
    static var sub: Self { arithmetic("Sub") }
    static var mul: Self { arithmetic("Mul") }
    static var div: Self { arithmetic("Div") }
    static var pow: Self {
        Self(
            "Pow", since: 15,
            [.needed("X", [.floats, .indices]), .needed("Y", .numbers, "T1")], [.needed("Z", [.floats, .indices])],
            shape: ShapeRules.broadcast)
    }
    static var min: Self { extremum("Min", "min") }
    static var max: Self { extremum("Max", "max") }
    static var and: Self { comparison("And", since: 7, .bool) }
    static var or: Self { comparison("Or", since: 7, .bool) }
    static var equal: Self { comparison("Equal", since: 19, [.numbers, .bool]) }
    static var less: Self { comparison("Less", since: 13, .numbers) }
    static var lessOrEqual: Self { comparison("LessOrEqual", since: 16, .numbers) }
    static var greater: Self { comparison("Greater", since: 13, .numbers) }
    static var greaterOrEqual: Self { comparison("GreaterOrEqual", since: 16, .numbers) }
    static var `where`: Self {
        Self(
            "Where", since: 16, [.needed("condition", .bool, "B"), .needed("X", .any), .needed("Y", .any)],
            [.needed("output", .any)], shape: ShapeRules.choose)
    }

    static var neg: Self { function("Neg", since: 13, .signed) }
    static var abs: Self { function("Abs", since: 13, .numbers) }
    static var sqrt: Self { function("Sqrt", since: 13) }
    static var exp: Self { function("Exp", since: 13) }
    static var log: Self { function("Log", since: 13) }
    static var erf: Self { function("Erf", since: 13) }
    static var sin: Self { function("Sin", since: 22) }
    static var cos: Self { function("Cos", since: 22) }
    static var reciprocal: Self { function("Reciprocal", since: 13) }
    static var not: Self { function("Not", since: 1, .bool) }
    static var clip: Self {
        Self(
            "Clip", since: 13, [.needed("input", .numbers), .optional("min", .numbers), .optional("max", .numbers)],
            [.needed("output", .numbers)], shape: ShapeRules.clip)
    }
    static var cast: Self {
        Self(
            "Cast", since: 19, [.needed("input", .any, "T1")], [.needed("output", .any, "T2")],
            attributes: [.required(.to, .int), .defaulted(.saturate, 1)], shape: ShapeRules.cast)
    }

    private static func arithmetic(_ name: String) -> Self {
        Self(
            name, since: 14, [.needed("A", .numbers), .needed("B", .numbers)], [.needed("C", .numbers)],
            shape: ShapeRules.broadcast)
    }

    private static func comparison(_ name: String, since: Int, _ types: ElementTypeSet) -> Self {
        Self(
            name, since: since, [.needed("A", types), .needed("B", types)], [.needed("C", .bool, "T1")],
            shape: ShapeRules.compare)
    }

    private static func extremum(_ name: String, _ output: String) -> Self {
        Self(
            name, since: 13, [.variadic("data_0", .numbers)], [.needed(output, .numbers)], shape: ShapeRules.broadcast)
    }

    static func function(
        _ name: String, since: Int, _ types: ElementTypeSet = .floats, attributes: [Attribute] = []
    ) -> Self {
        Self(
            name, since: since, [.needed("X", types)], [.needed("Y", types)], attributes: attributes,
            shape: ShapeRules.same)
    }
}
