/// Shape rules of reductions, of sorting, of sums along an axis, and of quantisation.
extension ShapeRules {
    static func reduce(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let keeps = try context.attributes.flag(.keepDims)
        guard let axes = try reducedAxes(context, rank: input.rank) else {
            let rank = keeps ? input.rank : input.rank - (try context.length(1))
            return [ValueType(input.elementType, [Dimension](repeating: .unknown, count: rank))]
        }
        return [ValueType(input.elementType, reduced(input.dimensions, axes, keeps: keeps))]
    }

    /// The axes to reduce, in the order given: all without any, unless those are none by attribute; nil when not known.
    static func reducedAxes(_ context: ShapeContext, rank: Int) throws(PithError) -> [Int]? {
        let isNoop = try context.attributes.flag(.noopWithEmptyAxes)
        let count = context.optionalInput(1) == nil ? 0 : try context.axisCount(1, rank: rank)
        guard count > 0 else { return isNoop ? [] : Array(0..<rank) }
        guard let given = context.integers(1) else { return nil }
        return try ShapeContext.axes(given, rank: rank)
    }

    private static func reduced(_ dimensions: [Dimension], _ axes: [Int], keeps: Bool) -> [Dimension] {
        var result: [Dimension] = []
        for (axis, extent) in dimensions.enumerated() {
            if !axes.contains(axis) { result.append(extent) } else if keeps { result.append(.fixed(1)) }
        }
        return result
    }

    static func position(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let axis = try context.axis(rank: input.rank)
        _ = try context.attributes.flag(.selectLastIndex)
        guard input.dimensions[axis] != .fixed(0) else { throw .shapes("at least one element at axis \(axis)", input) }
        return [ValueType(.int64, reduced(input.dimensions, [axis], keeps: try context.attributes.flag(.keepDims)))]
    }

    static func topK(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let axis = try context.axis(rank: input.rank)
        let count = try context.input(1)
        guard isOne(count) else { throw .shapes("one K", count) }
        _ = try context.attributes.flag(.largest)
        var dimensions = input.dimensions
        dimensions[axis] = context.known(1)?.dimensions?.first ?? .unknown
        if let count = dimensions[axis].extent, count < 0 || count > input.dimensions[axis].extent ?? count {
            throw .shapes("at least \(count) elements at axis \(axis)", input)
        }
        return [ValueType(input.elementType, dimensions), ValueType(.int64, dimensions)]
    }

    static func cumSum(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let axis = try context.input(1)
        guard isOne(axis) else { throw .shapes("one axis", axis) }
        _ = try context.attributes.flag(.exclusive)
        _ = try context.attributes.flag(.reverse)
        return [try context.input(0)]
    }

    static func quantize(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        try checkScales(context)
        let named = try context.attributes.elementType(.outputType)
        let type = context.optionalInput(2)?.elementType ?? named ?? .uint8
        guard named == nil || named == type else {
            throw PithError(.typeMismatch, "output_dtype is not the type of the zero point")
        }
        guard Operator.quantizeLinear.definition.outputs[0].types.contains(type) else {
            throw PithError(.typeMismatch, "the output cannot be of type \(type.name)")
        }
        return [ValueType(type, input.dimensions)]
    }

    static func dequantize(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        try checkScales(context)
        let scale = try context.input(1)
        let type = try context.attributes.elementType(.outputType) ?? scale.elementType
        guard ElementTypeSet(.float32, .float16, .bfloat16).contains(type) else {
            throw PithError(.typeMismatch, "the output cannot be of type \(type.name)")
        }
        return [ValueType(type, input.dimensions)]
    }

    /// One scale, one per element of the axis, or one per block along it; a zero point for each.
    private static func checkScales(_ context: ShapeContext) throws(PithError) {
        let input = try context.input(0)
        let scale = try context.input(1)
        if let zero = context.optionalInput(2), !(isOne(zero) && isOne(scale)) {
            guard zero.rank == scale.rank, zip(zero.dimensions, scale.dimensions).allSatisfy({ $0.mayEqual($1) }) else {
                throw .shapes("a zero point per scale", scale, zero)
            }
        }
        let block = try context.attributes.int(.blockSize)
        guard block >= 0 else { throw PithError(.invalidAttribute, "block_size must not be negative") }
        if scale.rank == 0 || scale.rank == 1 && scale.dimensions[0] == 1 && block == 0 { return }
        let axis = try context.axis(rank: input.rank)
        if block == 0 {
            guard scale.rank == 1, scale.dimensions[0].mayEqual(input.dimensions[axis]) else {
                throw .shapes("a scale for each element at axis \(axis)", input, scale)
            }
            return
        }
        guard scale.rank == input.rank else { throw .shapes("a scale for each block at axis \(axis)", input, scale) }
        for (position, (extent, blocks)) in zip(input.dimensions, scale.dimensions).enumerated() {
            let expected =
                position == axis ? extent.extent.map { .fixed($0 == 0 ? 0 : ($0 - 1) / block + 1) } ?? .unknown : extent
            guard expected.mayEqual(blocks) else {
                throw .shapes("a scale for each block at axis \(axis)", input, scale)
            }
        }
    }

    private static func isOne(_ type: ValueType) -> Bool { type.rank == 0 || type.dimensions == [.fixed(1)] }

    static func dynamicQuantize(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let scalar = [Dimension]()
        return [
            ValueType(.uint8, try context.input(0).dimensions), ValueType(.float32, scalar), ValueType(.uint8, scalar),
        ]
    }
}
