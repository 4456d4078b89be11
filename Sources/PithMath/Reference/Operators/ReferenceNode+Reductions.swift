import PithGraph

extension ReferenceNode {
    /// Reduces the elements along some axes, in row-major order.
    func reduce<N: Number>(_ type: N.Type) throws(PithError) -> ReferenceTensor<N> {
        let data: ReferenceTensor<N> = try numbers(0)
        let elementType = outputs[0].elementType
        let groups = try ReducedGroups(data.shape, axes: op.reducedAxes(context, rank: data.shape.rank))
        var elements: [N] = []
        elements.reserveCapacity(groups.count)
        for group in 0..<groups.count {
            let value: N
            switch op {
            case .reduceMax:
                value = groups.fold(group, from: .least(of: elementType), data.elements) { best, x in
                    if !best.isNaN, x > best || x.isNaN { best = x }
                }
            case .reduceMin:
                value = groups.fold(group, from: .greatest(of: elementType), data.elements) { best, x in
                    if !best.isNaN, x < best || x.isNaN { best = x }
                }
            case .reduceL2:
                value =
                    groups.fold(group, from: LaneSums<N>(), data.elements) { $0.addSquare($1) }.total.root
            default:
                let sum = groups.fold(group, from: LaneSums<N>(), data.elements) { $0.add($1) }.total
                value = op == .reduceMean ? N.quotient(sum, N(count: groups.length)) : sum
            }
            elements.append(value.canonical)
        }
        return ReferenceTensor(elements, shape: shape)
    }

    /// The position of the greatest or least element along an axis; a NaN is both.
    func position<N: Number>(_ type: N.Type) throws(PithError) -> Tensor {
        let data: ReferenceTensor<N> = try numbers(0)
        let takesLast = try attributes.flag(.selectLastIndex)
        let rows = AxisRows(data.shape, axis: try attributes.int(.axis))
        let isLess = op == .argMin
        let positions = (0..<rows.count).map { row -> Int64 in
            var best = 0
            for index in 1..<max(rows.length, 1) {
                let (x, y) = (data.elements[rows.position(index, row)], data.elements[rows.position(best, row)])
                let order = Self.compare(x, y, isLess: isLess)
                if order > 0 || order == 0 && takesLast { best = index }
            }
            return Int64(best)
        }
        return Tensor(integers: positions, shape: shape)
    }

    /// 1 when x comes before y: greater, or less, or a NaN; 0 when neither does.
    private static func compare<N: Number>(_ x: N, _ y: N, isLess: Bool) -> Int {
        if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? 0 : x.isNaN ? 1 : -1 }
        if x == y { return 0 }
        return (x > y) != isLess ? 1 : -1
    }

    func topK<N: Number>(_ type: N.Type) throws(PithError) -> [Tensor] {
        let data: ReferenceTensor<N> = try numbers(0)
        let axis = try attributes.int(.axis)
        let rows = AxisRows(data.shape, axis: axis)
        let taken = AxisRows(shape, axis: axis)
        let isLess = try !attributes.flag(.largest)
        var values = [N](repeating: .zero, count: shape.elementCount)
        var indices = [Int64](repeating: 0, count: shape.elementCount)
        for row in 0..<(taken.length == 0 ? 0 : rows.count) {
            let order = (0..<rows.length).sorted { a, b in
                let order = Self.compare(
                    data.elements[rows.position(a, row)], data.elements[rows.position(b, row)], isLess: isLess)
                return order == 0 ? a < b : order > 0
            }
            for rank in 0..<taken.length {
                values[taken.position(rank, row)] = data.elements[rows.position(order[rank], row)]
                indices[taken.position(rank, row)] = Int64(order[rank])
            }
        }
        return [output(0, values), Tensor(integers: indices, shape: shape)]
    }

    /// Sums along an axis in the order of its elements, or from its end.
    func cumSum<N: Number>(_ type: N.Type) throws(PithError) -> ReferenceTensor<N> {
        let data: ReferenceTensor<N> = try numbers(0)
        let given = try integers(1)[0]
        guard given >= -shape.rank, given < shape.rank else {
            throw PithError(.invalidArgument, "axis \(given) is out of range for rank \(shape.rank)")
        }
        let rows = AxisRows(shape, axis: given)
        let (isExclusive, isReversed) = (try attributes.flag(.exclusive), try attributes.flag(.reverse))
        var result = data
        for row in 0..<rows.count {
            var sum = N.zero
            for step in 0..<rows.length {
                let position = rows.position(isReversed ? rows.length - 1 - step : step, row)
                let next = N.sum(sum, data.elements[position])
                result.elements[position] = (isExclusive ? sum : next).canonical
                sum = next
            }
        }
        return result
    }
}

/// The elements of a tensor in groups that reduce to one, each in row-major order.
struct ReducedGroups {
    /// How many groups there are.
    let count: Int
    /// Elements of a group.
    let length: Int
    private let outer: BroadcastIndices
    private let inner: BroadcastIndices

    /// - Parameter axes: The axes that reduce.
    init(_ shape: Shape, axes: [Int]) {
        let strides = shape.strides
        let kept = shape.dimensions.indices.filter { !axes.contains($0) }
        let reduced = shape.dimensions.indices.filter { axes.contains($0) }
        let outerShape = Shape(kept.map { shape[$0] })
        let innerShape = Shape(reduced.map { shape[$0] })
        outer = BroadcastIndices(extents: outerShape, strides: kept.map { strides[$0] })
        inner = BroadcastIndices(extents: innerShape, strides: reduced.map { strides[$0] })
        count = outerShape.elementCount
        length = innerShape.elementCount
    }

    func fold<N, Result>(
        _ group: Int, from initial: Result, _ elements: [N], _ take: (inout Result, N) -> Void
    ) -> Result {
        let start = outer[group]
        var value = initial
        for index in 0..<length { take(&value, elements[start + inner[index]]) }
        return value
    }
}
