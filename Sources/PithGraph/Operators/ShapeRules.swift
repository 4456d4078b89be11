/// The shape rules of the operator table (`spec/OPERATORS.md`), those of products and windows in files of their own.
enum ShapeRules {
    static func constant(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let count = try context.attributes.ints(.valueInts)?.count ?? 0
        return [ValueType(.int64, [.fixed(count)])]
    }

    static func same(_ context: ShapeContext) throws(PithError) -> [ValueType] { [try context.input(0)] }

    static func dropout(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        if let ratio = context.optionalInput(1), ratio.rank != 0 { throw .shapes("a scalar ratio", ratio) }
        return [try context.input(0)]
    }

    static func alongAxis(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        _ = try context.axis(rank: input.rank)
        return [input]
    }

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
        guard context.integers.count > 1, let extents = context.integers[1] else {
            throw PithError(
                .unsupportedOperation, "the new shape is computed while the graph runs",
                advice: "make it a Constant")
        }
        let allowZero = try context.attributes.flag(.allowZero)
        var dimensions: [Dimension] = []
        var inferred: Int?
        for (index, extent) in extents.enumerated() {
            switch extent {
            case -1 where inferred == nil:
                inferred = index
                dimensions.append(.unknown)
            case 0 where !allowZero:
                guard index < input.rank else {
                    throw PithError(.shapeMismatch, "extent \(index) of the new shape copies one that \(input) has not")
                }
                dimensions.append(input.dimensions[index])
            case 0...:
                guard let extent = Int(exactly: extent) else { fallthrough }
                dimensions.append(.fixed(extent))
            default:
                throw PithError(.shapeMismatch, "the new shape has an invalid extent \(extent)")
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

    static func broadcast(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let left = try context.input(0)
        let right = try context.input(1)
        let dimensions = try broadcast(left.dimensions, right.dimensions) { () -> PithError in
            .shapes("shapes that broadcast", left, right)
        }
        return [ValueType(left.elementType, dimensions)]
    }

    /// NumPy's rule: extents are compared from the innermost out; 1 stretches.
    static func broadcast(
        _ left: [Dimension], _ right: [Dimension], otherwise error: () -> PithError
    ) throws(PithError) -> [Dimension] {
        let rank = max(left.count, right.count)
        var result: [Dimension] = []
        for index in 0..<rank {
            let leftIndex = index - (rank - left.count)
            let rightIndex = index - (rank - right.count)
            let a = leftIndex < 0 ? .fixed(1) : left[leftIndex]
            let b = rightIndex < 0 ? .fixed(1) : right[rightIndex]
            switch (a, b) {
            case (.fixed(1), _): result.append(b)
            case (_, .fixed(1)): result.append(a)
            default:
                guard a.mayEqual(b) else { throw error() }
                result.append(a.merged(with: b))
            }
        }
        return result
    }

    /// The product of extents; a single symbol beside ones stays a symbol.
    static func product(_ dimensions: ArraySlice<Dimension>) -> Dimension {
        var count = 1
        var symbol: Dimension?
        for dimension in dimensions {
            switch dimension {
            case .fixed(let extent):
                let (product, overflow) = count.multipliedReportingOverflow(by: extent)
                if overflow { return .unknown }
                count = product
            default:
                guard symbol == nil else { return .unknown }
                symbol = dimension
            }
        }
        guard let symbol else { return .fixed(count) }
        return count == 1 ? symbol : .unknown
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
