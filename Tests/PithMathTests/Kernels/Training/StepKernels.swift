import CPithKernels

/// The steps of training rules, as `spec/arithmetic-training.md` has them, "Steps", "Clipping" and "Averages".
enum StepCase {
    static let all = [
        KernelCase("sgd", name: "step of SGD", firstDifference: firstDifferenceOfSGD),
        KernelCase("adam", name: "step of Adam", firstDifference: firstDifferenceOfAdam),
        KernelCase("rmsprop", name: "step of RMSprop", firstDifference: firstDifferenceOfRMSprop),
        KernelCase("lerp", name: "moving average", firstDifference: firstDifferenceOfAverages),
        KernelCase("scale", name: "scaling", firstDifference: firstDifferenceOfScaling),
        KernelCase("sum_of_squares", name: "sum of squares", firstDifference: firstDifferenceOfSquares),
    ]

    private static let sizes = [0, 1, 3, 4, 5, 8, 15, 16, 17, 31, 33, 64, 70, 257]

    private static func fused(_ a: Float, _ b: Float, _ c: Float) -> Float { c.addingProduct(a, b) }

    private static func normal(_ x: Float) -> Float { x.isSubnormal || x == 0 ? 0 : x }

    /// For each kind of values and each size so many arrays, the last one a gradient, which is zero in places.
    private static func firstDifference(
        of arrays: Int, seed: UInt64, _ run: (_ values: [[Float]], _ round: Int) -> String?
    ) -> String? {
        var values = Values(seed: seed)
        for kind in ValueKind.allCases {
            for (round, count) in sizes.enumerated() {
                var drawn = (0..<arrays).map { _ in values.floats(count, kind) }
                for index in 0..<count where index % 3 == 1 { drawn[arrays - 1][index] = 0 }
                if let found = run(drawn, round) { return "\(kind), n = \(count): \(found)" }
            }
        }
        return nil
    }

    private static func firstDifferenceOfSGD(isa: Int32) -> String? {
        firstDifference(of: 3, seed: 31) { values, round in
            var rule = pith_sgd(
                rate: 0.1, momentum: 0.9, weight_decay: round % 2 == 0 ? 0 : 0.01, nesterov: round % 3 == 0 ? 1 : 0)
            let (start, velocity, gradient) = (values[0], values[1], values[2])
            var (p, v, plain) = (start + [untouched], velocity + [untouched], start + [untouched])
            unsafe pith_sgd_f32(isa, &p, &v, gradient, start.count, &rule)
            unsafe pith_sgd_f32(isa, &plain, nil, gradient, start.count, &rule)
            let g = start.indices.map { i in
                rule.weight_decay == 0 ? gradient[i] : fused(rule.weight_decay, start[i], gradient[i])
            }
            let moved = g.indices.map { fused(rule.momentum, velocity[$0], g[$0]) }
            let changes = g.indices.map { rule.nesterov == 1 ? fused(rule.momentum, moved[$0], g[$0]) : moved[$0] }
            let expected = start.indices.map { canonical(fused(-rule.rate, changes[$0], start[$0])) }
            let expectedPlain = start.indices.map { canonical(fused(-rule.rate, g[$0], start[$0])) }
            return difference(p, expected + [untouched]) ?? difference(v, moved.map(canonical) + [untouched])
                ?? difference(plain, expectedPlain + [untouched])
        }
    }

    private static func firstDifferenceOfAdam(isa: Int32) -> String? {
        firstDifference(of: 4, seed: 32) { values, round in
            var rule = pith_adam(
                size: 0.01, root: 0.3, share1: 0.1, beta2: 0.999, share2: 0.001, epsilon: 1e-8,
                weight_decay: round % 2 == 0 ? 0 : 0.01, shrinkage: round % 3 == 0 ? 0.99 : 1)
            let (start, mean, gradient) = (values[0], values[1], values[3])
            let variance = values[2].map(\.magnitude)
            var (p, m, v) = (start + [untouched], mean + [untouched], variance + [untouched])
            unsafe pith_adam_f32(isa, &p, &m, &v, gradient, start.count, &rule)
            var expected: [[Float]] = [[], [], []]
            for i in start.indices {
                let g = rule.weight_decay == 0 ? gradient[i] : fused(rule.weight_decay, start[i], gradient[i])
                let moved = normal(fused(rule.share1, g - mean[i], mean[i]))
                let spread = normal(fused(rule.share2, g * g, rule.beta2 * variance[i]))
                let change = moved / (spread.squareRoot() / rule.root + rule.epsilon)
                let from = rule.shrinkage == 1 ? start[i] : start[i] * rule.shrinkage
                for (k, value) in [fused(-rule.size, change, from), moved, spread].enumerated() {
                    expected[k].append(canonical(value))
                }
            }
            return difference(p, expected[0] + [untouched]) ?? difference(m, expected[1] + [untouched])
                ?? difference(v, expected[2] + [untouched])
        }
    }

    private static func firstDifferenceOfRMSprop(isa: Int32) -> String? {
        firstDifference(of: 5, seed: 33) { values, round in
            var rule = pith_rmsprop(
                rate: 0.01, alpha: 0.99, share: 0.01, epsilon: 1e-8, weight_decay: round % 2 == 0 ? 0 : 0.01,
                momentum: 0.9)
            let (isCentered, hasMomentum) = (round % 3 == 0, round % 5 < 3)
            let (start, mean, velocity, gradient) = (values[0], values[2], values[3], values[4])
            let square = values[1].map(\.magnitude)
            var (p, s) = (start + [untouched], square + [untouched])
            var (m, u) = (mean + [untouched], velocity + [untouched])
            unsafe m.withUnsafeMutableBufferPointer { m in
                unsafe u.withUnsafeMutableBufferPointer { u in
                    unsafe pith_rmsprop_f32(
                        isa, &p, &s, isCentered ? m.baseAddress : nil, hasMomentum ? u.baseAddress : nil, gradient,
                        start.count, &rule)
                }
            }
            var expected: [[Float]] = [[], [], [], []]
            for i in start.indices {
                let g = rule.weight_decay == 0 ? gradient[i] : fused(rule.weight_decay, start[i], gradient[i])
                let sum = normal(fused(rule.share, g * g, rule.alpha * square[i]))
                let moved = isCentered ? fused(rule.share, g - mean[i], mean[i]) : mean[i]
                let spread = isCentered ? fused(-moved, moved, sum) : sum
                let change = g / (spread.squareRoot() + rule.epsilon)
                let pushed = hasMomentum ? fused(rule.momentum, velocity[i], change) : velocity[i]
                let by = hasMomentum ? pushed : change
                let given = [fused(-rule.rate, by, start[i]), sum].map(canonical)
                let kept = [isCentered ? canonical(moved) : moved, hasMomentum ? canonical(pushed) : pushed]
                for (k, value) in (given + kept).enumerated() { expected[k].append(value) }
            }
            return difference(p, expected[0] + [untouched]) ?? difference(s, expected[1] + [untouched])
                ?? difference(m, expected[2] + [untouched]) ?? difference(u, expected[3] + [untouched])
        }
    }

    private static func firstDifferenceOfAverages(isa: Int32) -> String? {
        firstDifference(of: 2, seed: 34) { values, _ in
            var y = values[0] + [untouched]
            unsafe pith_lerp_f32(isa, &y, values[1], 0.001, values[0].count)
            let expected = zip(values[0], values[1]).map { canonical(fused(0.001, $1 - $0, $0)) }
            return difference(y, expected + [untouched])
        }
    }

    private static func firstDifferenceOfScaling(isa: Int32) -> String? {
        firstDifference(of: 1, seed: 35) { values, _ in
            var y = [Float](repeating: untouched, count: values[0].count + 1)
            unsafe pith_scale_f32(isa, &y, values[0], 0.3, values[0].count)
            return difference(y, values[0].map { canonical(0.3 * $0) } + [untouched])
        }
    }

    private static func firstDifferenceOfSquares(isa: Int32) -> String? {
        firstDifference(of: 1, seed: 36) { values, _ in
            var sums = [Double](repeating: 0, count: 16)
            for (index, value) in values[0].enumerated() { sums[index % 16] += Double(value) * Double(value) }
            let expected = sums.reduce(0, +)
            let given = unsafe pith_sum_of_squares_f32(isa, values[0], values[0].count)
            let isSame = given.bitPattern == expected.bitPattern || given.isNaN && expected.isNaN
            return isSame ? nil : "\(given), expected \(expected)"
        }
    }
}
