/// The shape rules of the operator table (`spec/OPERATORS.md`), those of products and windows in files of their own.
enum ShapeRules {
    static func same(_ context: ShapeContext) throws(PithError) -> [ValueType] { [try context.input(0)] }

    static func alongAxis(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        _ = try context.axis(rank: input.rank)
        return [input]
    }

    static func broadcast(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        [ValueType(try context.input(0).elementType, try broadcastInputs(context))]
    }

    static func compare(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        [ValueType(.bool, try broadcastInputs(context))]
    }

    /// The type of the second input: of a condition and two choices.
    static func choose(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        [ValueType(try context.input(1).elementType, try broadcastInputs(context))]
    }

    /// The second input stretches to the first, and not the other way.
    static func stretched(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let other = try context.input(1)
        guard mayStretch(other.dimensions, to: input.dimensions) else {
            throw .shapes("a second input that broadcasts to the first", input, other)
        }
        return [input]
    }

    static func clip(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        for index in 1...2 {
            if let bound = context.optionalInput(index), bound.rank > 1 || bound.dimensions.first?.mayEqual(1) == false
            {
                throw .shapes("a scalar", bound)
            }
        }
        return [try context.input(0)]
    }

    static func cast(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        guard let type = try context.attributes.elementType(.to) else {
            throw PithError(.invalidAttribute, "attribute 'to' names no element type")
        }
        _ = try context.attributes.flag(.saturate)
        return [ValueType(type, try context.input(0).dimensions)]
    }

    private static func broadcastInputs(_ context: ShapeContext) throws(PithError) -> [Dimension] {
        let first = try context.input(0)
        var dimensions = first.dimensions
        for index in context.inputs.indices.dropFirst() {
            let next = try context.input(index)
            dimensions = try broadcast(dimensions, next.dimensions) { () -> PithError in
                .shapes("shapes that broadcast", ValueType(first.elementType, dimensions), next)
            }
        }
        return dimensions
    }

    /// NumPy's rule: extents are compared from the innermost out; 1 stretches.
    static func broadcast(
        _ left: [Dimension], _ right: [Dimension], otherwise error: () -> PithError
    ) throws(PithError) -> [Dimension] {
        let rank = max(left.count, right.count)
        var result: [Dimension] = []
        result.reserveCapacity(rank)
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

    /// Whether NumPy's rule makes of extents others, without these changing.
    static func mayStretch(_ extents: [Dimension], to others: [Dimension]) -> Bool {
        guard extents.count <= others.count else { return false }
        let skipped = others.count - extents.count
        for index in extents.indices {
            guard extents[index].mayEqual(1) || extents[index].mayEqual(others[skipped + index]) else { return false }
        }
        return true
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
}
