import PithGraph
import PithMath

extension GradientContext {
    /// Reductions: each element gets its group's gradient, in ReduceMean divided by the elements of a group, in
    /// ReduceL2 times x / y or 0 where y is 0. In ReduceMax and ReduceMin those that equal the extremum share it evenly.
    func reduced() throws(PithError) -> [Tensor?] {
        let x = try input(0)
        let types = inputs.map { $0.map { ValueType($0.elementType, $0.shape) } }
        let context = ShapeContext(inputs: types, attributes: attributes, known: op.knownElements(of: inputs))
        var extents = x.shape.dimensions
        for axis in try op.reducedAxes(context, rank: extents.count) { extents[axis] = 1 }
        let kept = Shape(extents)
        let g = try gradient.reshaped(to: kept)
        switch op {
        case .reduceSum: return [Broadcast.expanded(g, to: x.shape)]
        case .reduceMean:
            let count = Float(x.count / max(kept.elementCount, 1))
            return [Broadcast.expanded(map(g) { $0 / count }, to: x.shape)]
        case .reduceL2:
            let y = try output().reshaped(to: kept)
            let slopes = zipMap(x, Broadcast.expanded(y, to: x.shape)) { $1 == 0 ? 0 : $0 / $1 }
            return [zipMap(Broadcast.expanded(g, to: x.shape), slopes) { $0 * $1 }]
        default:
            let y = try output().reshaped(to: kept)
            let winners = zipMap(x, Broadcast.expanded(y, to: x.shape)) { Self.areSame($0, $1) ? 1 : 0 }
            let shares = zipMap(g, Broadcast.summed(winners, to: kept, on: compute)) { $0 / $1 }
            return [zipMap(Broadcast.expanded(shares, to: x.shape), winners) { $1 == 0 ? 0 : $0 }]
        }
    }

    /// Whether an element is the extremum; a NaN is one.
    static func areSame(_ a: Float, _ b: Float) -> Bool { a == b || a.isNaN && b.isNaN }

    /// CumSum: the gradient's own sums, from the other end.
    func cumulated() throws(PithError) -> [Tensor?] {
        var mirrored = attributes
        mirrored[.reverse] = try attributes.flag(.reverse) ? 0 : 1
        return try Execution.apply(
            .cumSum, mirrored, [gradient, input(1)], on: compute, outputShapes: [input(0).shape])
    }
}
