import CPithKernels

/// Groups of elements of [a, b, c, d] that are reduced along the first and third extents, or the second and fourth.
enum ReductionCase {
    static let all = [
        KernelCase("reduce_row", name: "reductions of rows") { firstDifference(isa: $0, reducesLast: true) },
        KernelCase("reduce_columns", name: "reductions of columns") { firstDifference(isa: $0, reducesLast: false) },
    ]

    private static let functions = [
        PITH_REDUCE_SUM, PITH_REDUCE_MEAN, PITH_REDUCE_L2, PITH_REDUCE_MAX, PITH_REDUCE_MIN,
    ]

    private static func firstDifference(isa: Int32, reducesLast: Bool) -> String? {
        var values = Values(seed: 30)
        for round in 0..<400 {
            let extents = [
                values.int(1...3), values.int(1...20), values.int(1...3), values.int(1...(round % 4 == 0 ? 140 : 40)),
            ]
            let kind: ValueKind = round % 2 == 0 ? .ordinary : .special
            let count = extents.reduce(1, *)
            // Few different values, so that zeros of both signs meet.
            let x =
                round % 3 == 0 ? (0..<count).map { _ in [0, -0.0, -1][values.int(0...2)] } : values.floats(count, kind)
            var (kept, reduced) = (pith_loops(), pith_loops())
            var (groups, members) = ([0], [0])
            var stride = count
            for (axis, extent) in extents.enumerated() {
                stride /= extent
                let steps = (0..<extent).map { $0 * stride }
                if (axis % 2 == 1) == reducesLast {
                    _ = unsafe pith_loops_add(&reduced, extent, stride, 0)
                    members = members.flatMap { start in steps.map { start + $0 } }
                } else {
                    _ = unsafe pith_loops_add(&kept, extent, stride, 0)
                    groups = groups.flatMap { start in steps.map { start + $0 } }
                }
            }
            for function in functions {
                let expected = groups.map { group in reduce(members.map { x[group + $0] }, function) }
                var y = [Float](repeating: untouched, count: groups.count + 1)
                unsafe pith_reduce_f32(
                    isa, Int32(function.rawValue), &y, x, &kept, &reduced, 0, pith_loops_rounds(&kept))
                if let difference = difference(y, expected + [untouched]) {
                    return "\(extents), function \(function.rawValue): \(difference)"
                }
            }
        }
        return nil
    }

    /// As `spec/ARITHMETIC.md`, "Sums" and "Reductions", has it.
    private static func reduce(_ group: [Float], _ function: pith_reduction) -> Float {
        if function == PITH_REDUCE_MAX || function == PITH_REDUCE_MIN {
            if group.contains(where: \.isNaN) { return canonicalNaN }
            let extreme = function == PITH_REDUCE_MAX ? group.max() : group.min()
            return group.first { $0 == extreme } ?? canonicalNaN
        }
        var sums = [Float](repeating: 0, count: 16)
        for (index, x) in group.enumerated() {
            sums[index % 16] = function == PITH_REDUCE_L2 ? sums[index % 16].addingProduct(x, x) : sums[index % 16] + x
        }
        let sum = sums.reduce(0, +)
        if function == PITH_REDUCE_MEAN { return canonical(sum / Float(group.count)) }
        return canonical(function == PITH_REDUCE_L2 ? sum.squareRoot() : sum)
    }
}
