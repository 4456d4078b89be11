/// Shape rules of operators that keep the elements and their order.
extension ShapeRules {
    static func flatten(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let axis = try context.axis(rank: input.rank, endAllowed: true)
        let outer = product(input.dimensions[..<axis])
        let inner = product(input.dimensions[axis...])
        return [ValueType(input.elementType, [outer, inner])]
    }

    static func reshape(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let shape = try context.input(1)
        guard shape.rank == 1 else { throw .shapes("a shape of rank 1", shape) }
        guard let extents = context.known(1)?.dimensions else {
            let rank = try context.length(1)
            return [ValueType(input.elementType, [Dimension](repeating: .unknown, count: rank))]
        }
        let allowZero = try context.attributes.flag(.allowZero)
        var dimensions: [Dimension] = []
        var inferred: Int?
        for (index, extent) in extents.enumerated() {
            switch extent {
            case .fixed(-1) where inferred == nil:
                inferred = index
                dimensions.append(.unknown)
            case .fixed(0) where !allowZero:
                guard index < input.rank else {
                    throw PithError(.shapeMismatch, "extent \(index) of the new shape copies one that \(input) has not")
                }
                dimensions.append(input.dimensions[index])
            case .fixed(..<0):
                throw PithError(.shapeMismatch, "the new shape has an invalid extent \(extent)")
            default:
                dimensions.append(extent)
            }
        }
        if let inferred { dimensions[inferred] = try remainder(of: input, after: dimensions, skipping: inferred) }
        let output = ValueType(input.elementType, dimensions)
        if let before = try? input.shape(), let after = try? output.shape() {
            guard before.elementCount == after.elementCount else {
                throw PithError(.shapeMismatch, "cannot reshape \(before) to \(after): the element counts differ")
            }
        }
        return [output]
    }

    static func transpose(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let order = try permutation(context.attributes, rank: input.rank)
        return [ValueType(input.elementType, order.map { input.dimensions[$0] })]
    }

    static func permutation(_ attributes: Attributes, rank: Int) throws(PithError) -> [Int] {
        guard let order = try attributes.ints(.perm, count: rank) else { return Array((0..<rank).reversed()) }
        guard order.sorted() == Array(0..<rank) else {
            throw PithError(.invalidAttribute, "perm is not an order of \(rank) dimensions")
        }
        return order
    }

    static func squeeze(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        if context.optionalInput(1) == nil {
            guard input.dimensions.allSatisfy({ $0.extent != nil }) else {
                throw PithError(
                    .unsupportedOperation, "the rank of \(input) without extents of 1 is not known",
                    advice: "name the axes")
            }
            return [ValueType(input.elementType, input.dimensions.filter { $0 != .fixed(1) })]
        }
        guard let given = context.integers(1) else {
            let rank = input.rank - (try context.axisCount(1, rank: input.rank))
            return [ValueType(input.elementType, [Dimension](repeating: .unknown, count: rank))]
        }
        let axes = try ShapeContext.axes(given, rank: input.rank)
        for axis in axes where !input.dimensions[axis].mayEqual(1) {
            throw .shapes("an extent of 1 at axis \(axis)", input)
        }
        let kept = input.dimensions.indices.filter { !axes.contains($0) }
        return [ValueType(input.elementType, kept.map { input.dimensions[$0] })]
    }

    static func unsqueeze(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let rank = input.rank + (try context.length(1))
        guard let given = context.integers(1) else {
            return [ValueType(input.elementType, [Dimension](repeating: .unknown, count: rank))]
        }
        let axes = try ShapeContext.axes(given, rank: rank)
        var rest = input.dimensions[...]
        var dimensions: [Dimension] = []
        for axis in 0..<rank { dimensions.append(axes.contains(axis) ? .fixed(1) : rest.removeFirst()) }
        return [ValueType(input.elementType, dimensions)]
    }

    private static func remainder(
        of input: ValueType, after dimensions: [Dimension], skipping index: Int
    ) throws(PithError) -> Dimension {
        var given = input.dimensions
        var known = 1
        for (position, dimension) in dimensions.enumerated() where position != index {
            if let extent = dimension.extent {
                let (product, overflow) = known.multipliedReportingOverflow(by: extent)
                guard !overflow else { throw PithError(.limitExceeded, "the new shape is too large") }
                known = product
            } else if let match = given.firstIndex(of: dimension), dimension != .unknown {
                given.remove(at: match)
            } else {
                return .unknown
            }
        }
        let total = product(given[...])
        guard let total = total.extent else { return known == 1 ? total : .unknown }
        guard known > 0, total % known == 0 else {
            throw PithError(.shapeMismatch, "\(input) does not divide into the new shape")
        }
        return .fixed(total / known)
    }
}
