import PithGraph
import PithMath
import PithTraining
import Testing

@Suite("Pruning") struct PruningTests {
    /// Zhu and Gupta's equation 1: s = sf + (si - sf) (1 - (t - t0) / (n Δt))³, with no sparsity at first.
    @Test(arguments: [0.0, 0.1, 0.25, 0.5, 0.59, 0.6, 0.8, 1.0])
    func cubicSchedule(progress: Double) {
        let schedule = PruningSchedule(from: 10_000, to: 200, end: 0.6)
        let time = min(progress / 0.6, 1)
        let finalSparsity = 1 - 200.0 / 10_000
        let sparsity = finalSparsity + (0 - finalSparsity) * (1 - time) * (1 - time) * (1 - time)
        #expect(abs(Double(schedule.count(at: progress)) - 10_000 * (1 - sparsity)) <= 1)
        #expect(progress < 0.6 || schedule.count(at: progress) == 200)
    }

    /// The paper's definition, for each weight a sum over all of them, in float64.
    @Test func lampScoresAreThePapers() {
        let tensor = Check.random([13, 7], "lamp")
        let squares = tensor.floats.map { Double($0) * Double($0) }
        for (index, score) in PruningCriterion.lamp.scores(of: tensor).enumerated() {
            let rest = squares.filter { $0 >= squares[index] }.reduce(0, +)
            #expect(abs(Double(score) - squares[index] / rest) < 1e-6)
        }
    }

    @Test func lampKeepsTheGreatestOfEveryLayer() {
        var parameters = CompressedParameters([
            Check.random([5, 5], "a", in: -100..<100), Check.random([5, 5], "b", in: -0.01..<0.01),
        ])
        parameters.prune([0, 1], keeping: 2, by: .lamp, regrowing: true)
        #expect(parameters[0].kept == 1 && parameters[1].kept == 1)
        parameters.prune([0, 1], keeping: 25, by: .magnitude)
        #expect(parameters[0].kept == 25 && parameters[1].kept == 0)
    }

    @Test func keepsTheGreatestMagnitudesAndOfEqualsTheFirst() {
        var parameters = CompressedParameters([Tensor([1, -3, 2, -2, 0.5, 2], shape: [2, 3])])
        parameters.prune([0], keeping: 3, by: .magnitude, regrowing: true)
        #expect(parameters[0].value.floats == [0, -3, 2, -2, 0, 0])
        #expect(parameters[0].trained.floats == [1, -3, 2, -2, 0.5, 2])
        parameters.prune([0], keeping: 2, by: .magnitude)
        #expect(parameters[0].value.floats == [0, -3, 2, 0, 0, 0])
        #expect(parameters[0].trained.floats == [0, -3, 2, 0, 0, 0])
    }

    @Test(arguments: [Optimizer.Kind.sgd(momentum: 0.9, weightDecay: 0.1), .adamW(), .rmsProp(momentum: 0.9)])
    func theOptimizerRespectsMasks(kind: Optimizer.Kind) throws {
        let compute = try Compute()
        let start = [Check.random([40, 50], "w"), Check.random([40], "b")]
        var parameters = CompressedParameters(start)
        var optimizer = try Optimizer(kind, parameterCount: 2)
        func step(_ number: Int) {
            optimizer.step(
                &parameters,
                gradients: [Check.random([40, 50], "g\(number)"), Check.random([40], "h\(number)")], rate: 0.1,
                on: compute)
        }
        parameters.prune([0], keeping: 100, by: .magnitude, regrowing: true)
        let mask = try #require(parameters[0].mask)
        for number in 0..<3 { step(number) }
        // Outside the mask values are zero, and what is trained goes on learning as without any mask.
        var plain = start
        var other = try Optimizer(kind, parameterCount: 2)
        for number in 0..<3 {
            other.step(
                &plain, gradients: [Check.random([40, 50], "g\(number)"), Check.random([40], "h\(number)")], rate: 0.1,
                on: compute)
        }
        #expect(parameters[0].trained == plain[0] && parameters[1].trained == plain[1])
        #expect(parameters[1].value == plain[1])
        let masked = zip(plain[0].floats, mask).map { $1 ? $0 : 0 }
        #expect(parameters[0].value.floats == masked)
        parameters[0].setMask(mask)
        for number in 3..<6 {
            step(number)
            #expect(zip(parameters[0].trained.floats, mask).allSatisfy { $1 || $0 == 0 })
            #expect(parameters[0].value == parameters[0].trained)
        }
    }
}
