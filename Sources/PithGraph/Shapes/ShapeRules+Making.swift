/// Shape rules of constants, of operators that tell or take shapes, of Dropout and If.
extension ShapeRules {
    static func constant(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let value = try context.attributes.tensor(.value)
        let integers = try context.attributes.ints(.valueInts)
        switch (value, integers) {
        case (let value?, nil): return [ValueType(value.elementType, value.shape)]
        case (nil, let integers?): return [ValueType(.int64, [.fixed(integers.count)])]
        default: throw PithError(.invalidAttribute, "Constant needs one of the attributes 'value' and 'value_ints'")
        }
    }

    static func dropout(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        for index in 1...2 {
            if let scalar = context.optionalInput(index), scalar.rank != 0 { throw .shapes("a scalar", scalar) }
        }
        return [input, ValueType(.bool, input.dimensions)]
    }

    static func shape(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        [ValueType(.int64, [.fixed(try shapeRange(context, context.input(0)).count)])]
    }

    /// The dimensions that `Shape` tells: start and end clamped to the rank.
    static func shapeRange(_ context: ShapeContext, _ input: ValueType) throws(PithError) -> Range<Int> {
        func clamped(_ index: Int) -> Int {
            min(max(index < 0 ? max(index, -input.rank) + input.rank : index, 0), input.rank)
        }
        let start = clamped(try context.attributes.int(.start))
        let end = context.attributes[.end] == nil ? input.rank : clamped(try context.attributes.int(.end))
        return start..<max(start, end)
    }

    static func size(_ context: ShapeContext) throws(PithError) -> [ValueType] { [ValueType(.int64, [Dimension]())] }

    static func range(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        var numbers: [Double]? = []
        for index in 0..<3 {
            let type = try context.input(index)
            guard type.rank == 0 || type.dimensions == [.fixed(1)] else { throw .shapes("a scalar", type) }
            switch context.known(index) {
            case .numbers(let values): if let value = values.first { numbers?.append(value) }
            case .integers(let values): if let value = values.first?.extent { numbers?.append(Double(value)) }
            case nil: break
            }
        }
        let elementType = try context.input(0).elementType
        guard let numbers, numbers.count == 3 else { return [ValueType(elementType, [.unknown])] }
        return [ValueType(elementType, [.fixed(try rangeCount(numbers[0], numbers[1], numbers[2]))])]
    }

    /// max(⌈(limit − start) / delta⌉, 0) in float64.
    static func rangeCount(_ start: Double, _ limit: Double, _ delta: Double) throws(PithError) -> Int {
        let count = ((limit - start) / delta).rounded(.up)
        guard !count.isNaN, delta != 0 else { throw PithError(.shapeMismatch, "a range in steps of \(delta)") }
        guard count <= Double(Limits.elementCount) else { throw PithError(.limitExceeded, "a range of \(count)") }
        return Int(max(count, 0))
    }

    static func constantOfShape(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let value = try context.attributes.tensor(.value)
        if let value, value.shape.elementCount != 1 {
            throw PithError(.invalidAttribute, "attribute 'value' must have one element")
        }
        let type = value?.elementType ?? .float32
        guard let extents = context.known(0)?.dimensions else {
            return [ValueType(type, [Dimension](repeating: .unknown, count: try context.length(0)))]
        }
        try checkExtents(extents)
        return [ValueType(type, extents)]
    }

    /// Both branches take the captures and give outputs of the same types; extents that differ are unknown.
    static func branch(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let condition = try context.input(0)
        guard condition.rank == 0 || condition.dimensions[0].mayEqual(1) else {
            throw .shapes("one condition", condition)
        }
        let captures = Array(context.inputs.dropFirst())
        let then = try branch(.thenBranch, context, captures)
        let otherwise = try branch(.elseBranch, context, captures)
        for (left, right) in zip(then, otherwise) where left.elementType != right.elementType {
            throw PithError(.typeMismatch, "the branches give \(left) and \(right)")
        }
        if case .fixed(let value)? = context.known(0)?.dimensions?.first { return value == 0 ? otherwise : then }
        var types: [ValueType] = []
        for (left, right) in zip(then, otherwise) {
            guard left.rank == right.rank else {
                throw PithError(.unsupportedOperation, "the branches give different ranks, \(left) and \(right)")
            }
            var dimensions: [Dimension] = []
            for (a, b) in zip(left.dimensions, right.dimensions) { dimensions.append(a == b ? a : .unknown) }
            types.append(ValueType(left.elementType, dimensions))
        }
        return types
    }

    private static func branch(
        _ name: AttributeName, _ context: ShapeContext, _ captures: [ValueType?]
    ) throws(PithError) -> [ValueType] {
        let graph = try context.attributes.graph(name)
        guard graph.inputs.count == captures.count, graph.outputs.count == context.outputCount else {
            throw PithError(
                .invalidGraph, "the graph '\(graph.name)' does not take the captures or give the outputs of its node")
        }
        guard graph.initializers.isEmpty else {
            throw PithError(.invalidGraph, "the graph '\(graph.name)' has initializers", advice: "capture them")
        }
        let types = try graph.types(
            forInputs: captures, known: Array(context.known.dropFirst()))
        return graph.outputs.map { types[$0.index] }
    }
}
