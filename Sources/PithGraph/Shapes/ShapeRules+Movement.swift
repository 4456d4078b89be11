/// Shape rules of operators that move elements.
extension ShapeRules {
    static func concat(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let first = try context.input(0)
        let axis = try context.axis(rank: first.rank)
        var dimensions = first.dimensions
        for index in context.inputs.indices.dropFirst() {
            let next = try context.input(index)
            guard next.rank == first.rank else { throw .shapes("inputs of one rank", first, next) }
            for (position, extent) in next.dimensions.enumerated() {
                if position == axis {
                    dimensions[axis] = sum(dimensions[axis], extent)
                } else {
                    guard dimensions[position].mayEqual(extent) else {
                        throw .shapes("inputs that differ at axis \(axis) only", first, next)
                    }
                    dimensions[position] = dimensions[position].merged(with: extent)
                }
            }
        }
        return [ValueType(first.elementType, dimensions)]
    }

    /// The sum of two extents, where one that is 0 leaves the other's name.
    private static func sum(_ left: Dimension, _ right: Dimension) -> Dimension {
        switch (left, right) {
        case (.fixed(0), let other), (let other, .fixed(0)): return other
        case (.fixed(let a), .fixed(let b)):
            let (sum, overflow) = a.addingReportingOverflow(b)
            return overflow ? .unknown : .fixed(sum)
        default: return .unknown
        }
    }

    static func split(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let axis = try context.axis(rank: input.rank)
        let count = context.outputCount
        if context.attributes[.numOutputs] != nil, try context.attributes.int(.numOutputs) != count {
            throw PithError(.invalidAttribute, "num_outputs is not the number of outputs")
        }
        let extent = input.dimensions[axis].extent
        var parts = [Dimension](repeating: .unknown, count: count)
        if context.optionalInput(1) != nil {
            guard try context.length(1) == count else {
                throw PithError(.shapeMismatch, "\(try context.length(1)) parts, where \(count) outputs are asked for")
            }
            if let sizes = context.integers(1) {
                var rest = extent
                for size in sizes {
                    guard size >= 0, size <= rest ?? size else {
                        throw .shapes("parts that add up to axis \(axis)", input)
                    }
                    rest = rest.map { $0 - size }
                }
                guard rest ?? 0 == 0 else { throw .shapes("parts that add up to axis \(axis)", input) }
                parts = sizes.map { .fixed($0) }
            }
        } else if let extent {
            let size = (extent + count - 1) / count
            for part in 0..<count {
                let rest = extent - size * part
                guard rest > 0 || extent == 0 else { throw .shapes("an extent that has \(count) parts", input) }
                parts[part] = .fixed(min(size, rest))
            }
        }
        return parts.map { part in
            var dimensions = input.dimensions
            dimensions[axis] = part
            return ValueType(input.elementType, dimensions)
        }
    }

    static func slice(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        var dimensions = input.dimensions
        for (axis, cut) in try SliceCut.cuts(context, rank: input.rank).enumerated() where cut?.takesAll != true {
            guard let cut, let extent = dimensions[axis].extent else {
                dimensions[axis] = .unknown
                continue
            }
            dimensions[axis] = .fixed(cut.bounds(extent: extent).count)
        }
        return [ValueType(input.elementType, dimensions)]
    }

    static func gather(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let indices = try context.input(1)
        let axis = try context.axis(rank: input.rank)
        return [
            ValueType(
                input.elementType,
                Array(input.dimensions[..<axis]) + indices.dimensions + Array(input.dimensions[(axis + 1)...]))
        ]
    }

    static func pad(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        _ = try context.attributes.choice(.mode, of: ["constant", "edge", "reflect", "wrap"])
        if let value = context.optionalInput(2), value.rank > 1 { throw .shapes("a scalar", value) }
        let count = context.optionalInput(3) == nil ? input.rank : try context.axisCount(3, rank: input.rank)
        guard try context.length(1) == 2 * count else {
            throw PithError(.shapeMismatch, "two pads per axis are needed")
        }
        let axes = context.optionalInput(3) == nil ? Array(0..<input.rank) : context.integers(3)
        guard let axes, let pads = context.integers(1) else {
            return [ValueType(input.elementType, [Dimension](repeating: .unknown, count: input.rank))]
        }
        var dimensions = input.dimensions
        for (position, axis) in try ShapeContext.axes(axes, rank: input.rank).enumerated() {
            let (before, after) = (pads[position], pads[position + axes.count])
            guard before != 0 || after != 0 else { continue }
            for pad in [before, after] where Swift.abs(max(pad, -Limits.elementCount)) >= Limits.elementCount {
                throw PithError(.limitExceeded, "a padding of \(pad)")
            }
            guard let extent = dimensions[axis].extent else {
                dimensions[axis] = .unknown
                continue
            }
            guard extent + before >= 0, extent + after >= 0, extent + before + after >= 0 else {
                throw .shapes("pads that take away no more than there is", input)
            }
            dimensions[axis] = .fixed(extent + before + after)
        }
        return [ValueType(input.elementType, dimensions)]
    }

    static func expand(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let unknown = [Dimension](repeating: .unknown, count: try context.length(1))
        let target = context.known(1)?.dimensions ?? unknown
        try checkExtents(target)
        let dimensions = try broadcast(input.dimensions, target) { () -> PithError in
            .shapes("an input that broadcasts to the shape", input, ValueType(.int64, target))
        }
        return [ValueType(input.elementType, dimensions)]
    }

    static func checkExtents(_ extents: [Dimension]) throws(PithError) {
        for case .fixed(..<0) in extents { throw PithError(.shapeMismatch, "a negative extent") }
    }

    static func tile(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        guard try context.length(1) == input.rank else { throw .shapes("one repeat per dimension", input) }
        try checkExtents(context.known(1)?.dimensions ?? [])
        guard let repeats = context.integers(1) else {
            return [ValueType(input.elementType, [Dimension](repeating: .unknown, count: input.rank))]
        }
        var dimensions: [Dimension] = []
        for (extent, times) in zip(input.dimensions, repeats) { dimensions.append(product([extent, .fixed(times)])) }
        return [ValueType(input.elementType, dimensions)]
    }
}
