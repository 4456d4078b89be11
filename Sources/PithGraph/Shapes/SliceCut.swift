/// What `Slice` takes along one axis.
public struct SliceCut: Sendable, Hashable {
    /// The first position, negative from the end.
    public let start: Int
    /// The position that is no longer taken, negative from the end.
    public let end: Int
    /// The distance between positions, not 0.
    public let step: Int

    /// Whether it takes everything, whatever the extent.
    var takesAll: Bool { start == 0 && end == Int.max && step == 1 }

    /// The first position taken and how many there are, for an extent; ONNX's clamping.
    public func bounds(extent: Int) -> (start: Int, count: Int) {
        let first = start < 0 ? max(start, -extent - 1) + extent : start
        let last = end < 0 ? max(end, -extent - 1) + extent : end
        if step > 0 {
            let (low, high) = (min(max(first, 0), extent), min(max(last, 0), extent))
            return (low, high > low ? (high - low - 1) / step + 1 : 0)
        }
        let (high, low) = (min(max(first, -1), extent - 1), min(max(last, -1), extent - 1))
        // The magnitude of the least integer is out of range; no extent is as large.
        return (max(high, 0), high > low ? (high - low - 1) / -max(step, -Int.max) + 1 : 0)
    }

    /// The cut along each axis from the inputs of a `Slice`; nil along one that is cut in a way not yet known.
    static func cuts(_ context: ShapeContext, rank: Int) throws(PithError) -> [SliceCut?] {
        let count = try context.length(1)
        guard try context.length(2) == count else {
            throw PithError(.shapeMismatch, "as many ends as starts are needed")
        }
        for index in 3...4 where context.optionalInput(index) != nil {
            guard try context.length(index) == count else {
                throw PithError(.shapeMismatch, "as many axes and steps as starts are needed")
            }
        }
        if context.optionalInput(3) != nil { _ = try context.axisCount(3, rank: rank) }
        let axes = context.optionalInput(3) == nil ? Array(0..<count) : context.integers(3)
        guard let axes else { return [SliceCut?](repeating: nil, count: rank) }
        var cuts = [SliceCut?](repeating: SliceCut(start: 0, end: Int.max, step: 1), count: rank)
        for (position, axis) in try ShapeContext.axes(axes, rank: rank).enumerated() {
            let steps = context.optionalInput(4) == nil ? .fixed(1) : context.known(4)?.dimensions?[position]
            if case .fixed(0) = steps { throw PithError(.invalidGraph, "a step of 0") }
            guard let start = context.known(1)?.dimensions?[position].extent, let step = steps?.extent,
                let end = context.known(2)?.dimensions?[position].extent
            else {
                cuts[axis] = nil
                continue
            }
            cuts[axis] = SliceCut(start: start, end: end, step: step)
        }
        return cuts
    }
}
