import PithFormat
import PithGraph
import PithMath

extension QuantizedWeights {
    /// How many scales are tried for a group.
    private static let trials = 40

    /// Integers with a scale for each group, the one of some that gives the least squared error.
    ///
    /// Scales are tried by which the greatest magnitude of a group would get a code of 7 to 12, or of 127 to 147: with the
    /// smaller ones, which cut weights off at the last code, all others are rounded finer.
    static func affine(
        _ weights: [Float], _ shape: Shape, _ type: AffineEncoding.CodeType, _ grouping: EncodingGroups
    ) -> QuantizedWeights {
        let half: Float = type == .int4 ? 8 : 128
        let count = grouping.count(shape)
        var greatest = [Float](repeating: 0, count: count)
        grouping.forEachRun(shape) { run, group in
            for index in run { greatest[group] = max(greatest[group], abs(weights[index])) }
        }
        // A scale is a float16 where there are many, and where all are normal ones.
        let isNarrow = type == .int4 && greatest.allSatisfy { $0 == 0 || ($0 > 0.01 && $0 < 60000) }
        var scales = [Float](repeating: 1, count: count)
        var best = [Double](repeating: .infinity, count: count)
        for step in 0..<trials {
            let code = type == .int4 ? 7 + Float(step) / 8 : 127 + Float(step) / 2
            let trial = greatest.map { isNarrow ? HalfPrecision.decode(HalfPrecision.encode($0 / code)) : $0 / code }
            var errors = [Double](repeating: 0, count: count)
            grouping.forEachRun(shape) { run, group in
                guard trial[group] > 0 else { return }
                for index in run {
                    let code = (weights[index] / trial[group]).rounded(.toNearestOrEven)
                    let error = weights[index] - min(max(code, -half), half - 1) * trial[group]
                    errors[group] += Double(error * error)
                }
            }
            for group in scales.indices where trial[group] > 0 && errors[group] < best[group] {
                (scales[group], best[group]) = (trial[group], errors[group])
            }
        }
        let stored = Tensor(scales, shape: Shape([count]))
        let narrow = isNarrow ? (try? stored.converted(to: .float16)) ?? stored : stored
        return QuantizedWeights(
            weights, shape: shape, grouping: grouping, form: .affine(type, scales: narrow),
            levels: scales.flatMap { scale in (0..<Int(2 * half)).map { (Float($0) - half) * scale } },
            levelCount: Int(2 * half))
    }

    /// A palette of at most so many values; the values of the weights themselves where there are no more.
    static func palette(_ weights: [Float], _ shape: Shape, _ entries: Int) -> QuantizedWeights {
        var values = ScalarClusters(weights).values(entries)
        if values.isEmpty { values = [0] }
        let exact = Tensor(values, shape: Shape([values.count]))
        // A float16 rounds an entry by less than 1/2048 of it, which is nothing beside how far weights are from entries;
        // where there are no other values than entries they keep their bits.
        let isExact = Set(weights).count <= values.count
        let isNormal = values.allSatisfy { $0 == 0 || (abs($0) > 0.000_061_1 && abs($0) < 65504) }
        var stored = exact
        for type in [ElementType.bfloat16, .float16] {
            guard let narrow = try? exact.converted(to: type) else { continue }
            if narrow.floats == values || (!isExact && isNormal && type == .float16) {
                stored = narrow
                break
            }
        }
        var levels = stored.floats
        if levels.count == 1 {
            levels += levels
            stored = (try? Tensor(levels, shape: Shape([2])).converted(to: stored.elementType)) ?? stored
        }
        return QuantizedWeights(
            weights, shape: shape, grouping: .tensor, form: .palette(entries: stored), levels: levels,
            levelCount: levels.count)
    }
}
