import PithGraph
import PithMath
import PithTraining
import Testing

/// Training rules, schedules, clipping and averaging against PyTorch.
struct OptimizerTests {
    /// A training of `Fixtures/training.py`.
    private struct Recipe {
        var kind = Optimizer.Kind.sgd(momentum: 0.9)
        var rate = 0.1
        var schedule = LearningRateSchedule.constant
        var clipping: GradientClipping?
        var average: ParameterAverage?
        var total = 50
    }

    private static let recipes: [String: Recipe] = [
        "sgd": Recipe(kind: .sgd()),
        "sgd momentum": Recipe(rate: 0.05),
        "sgd nesterov decay": Recipe(kind: .sgd(momentum: 0.9, nesterov: true, weightDecay: 0.01), rate: 0.05),
        "adam": Recipe(kind: .adam(), rate: 0.01),
        "adam decay": Recipe(kind: .adam(beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: 0.02), rate: 0.01),
        "adamw": Recipe(kind: .adamW(), rate: 0.01),
        "rmsprop": Recipe(kind: .rmsProp(), rate: 0.01),
        "rmsprop centered": Recipe(
            kind: .rmsProp(alpha: 0.9, weightDecay: 0.01, momentum: 0.8, centered: true), rate: 0.005),
        "linear": Recipe(schedule: .linear),
        "step": Recipe(schedule: .step(every: 15, factor: 0.5)),
        "cosine": Recipe(schedule: .cosine),
        "one-cycle": Recipe(schedule: .oneCycle, total: 51),
        "warm-up": Recipe(schedule: .cosine.warmedUp(over: 10)),
        "clip norm": Recipe(clipping: .norm(0.25)),
        "clip value": Recipe(clipping: .value(0.02)),
        "average": Recipe(average: ParameterAverage(decay: 0.9)),
    ]

    private static func trained(_ recipe: Recipe, on compute: Compute) throws -> [Tensor] {
        var parameters = [
            Fixture.pattern([5, 6], 1, 0.6), Fixture.pattern([5], 2, 0.3), Fixture.pattern([3, 5], 3, 0.6),
            Fixture.pattern([3], 4, 0.3),
        ]
        let x = Variable(Fixture.pattern([7, 6], 5))
        var average = recipe.average
        var optimizer = try Optimizer(recipe.kind, parameterCount: parameters.count)
        for step in 0..<50 {
            let tape = Tape(on: compute)
            let p = parameters.map { Variable($0, requiresGradient: true) }
            let h = try tape.apply(.relu, [:], [tape.apply(.gemm, [.transB: 1], [x, p[0], p[1]])])
            let logits = try tape.apply(.gemm, [.transB: 1], [h, p[2], p[3]])
            try tape.backward(
                from: tape.softmaxCrossEntropy(logits: logits, targets: .indices([0, 2, 1, 1, 0, 2, 2])))
            var gradients = p.map(\.gradient)
            recipe.clipping?.apply(to: &gradients, on: compute)
            let factor = recipe.schedule.factor(step: step, total: recipe.total)
            optimizer.step(&parameters, gradients: gradients, rate: recipe.rate * factor, on: compute)
            average?.update(with: parameters, on: compute)
        }
        return average?.values ?? parameters
    }

    @Test func fiftyStepsAreThoseOfPyTorch() throws {
        let fixtures = try Fixture.all("training.json", "training")
        #expect(Set(fixtures.map(\.name)) == Set(Self.recipes.keys))
        for fixture in fixtures {
            let trained = try Self.trained(#require(Self.recipes[fixture.name]), on: .single)
            for (tensor, expected) in zip(trained, try #require(fixture.parameters)) {
                #expect(Fixture.distance(tensor.floats, expected) < 1e-5, "\(fixture.name), \(tensor)")
            }
        }
    }

    @Test(arguments: ["adam decay", "rmsprop centered", "sgd nesterov decay", "clip norm", "average"])
    func kernelsAndThreadsChangeNoBit(_ name: String) throws {
        let recipe = try #require(Self.recipes[name])
        let expected = try Self.trained(recipe, on: Compute(instructionSet: .portable))
        for set in InstructionSet.allCases where set.isSupported {
            #expect(try Self.trained(recipe, on: Compute(instructionSet: set, threads: 2)) == expected, "\(set)")
        }
    }

    /// Sizes around a vector and a piece of work, where padding or a split could leak into a neighbour.
    @Test func everySizeIsSteppedAlike() throws {
        for count in [1, 7, 15, 16, 17, 33, 16_384, 16_385, 40_001] {
            let start = Check.random([count], "parameter")
            let gradient = Check.random([count], "gradient")
            var alone = [start]
            var optimizer = try Optimizer(.adam(), parameterCount: 1)
            optimizer.step(&alone, gradients: [gradient], rate: 0.01, on: try Compute(threads: 2))
            // At its first step Adam moves each number by the rate, against the sign of its gradient.
            let moves = zip(zip(start.floats, alone[0].floats), gradient.floats)
            #expect(moves.allSatisfy { abs(($0.0 - $0.1) - ($1 > 0 ? 0.01 : -0.01)) < 1e-5 }, "\(count)")
        }
    }

    @Test func schedulesAreThoseOfPyTorch() throws {
        for fixture in try Fixture.all("training.json", "schedule") {
            let schedule = try #require(LearningRateSchedule(rawValue: fixture.name))
            let factors = try #require(fixture.factors)
            for (step, factor) in factors.enumerated() {
                #expect(abs(schedule.factor(step: step, total: 20) - factor) < 1e-6, "\(fixture.name) at \(step)")
            }
        }
    }

    @Test func schedulesAsText() {
        let schedules: [LearningRateSchedule] = [
            .constant, .linear, .cosine, .oneCycle, .step(every: 7), .step(every: 3, factor: 0.5),
            .linear.warmedUp(over: 12), .step(every: 3).warmedUp(over: 1),
        ]
        for schedule in schedules { #expect(LearningRateSchedule(rawValue: schedule.rawValue) == schedule) }
        for text in [
            "", "cosin", "step", "step:0", "step:5:0", "step:5:1:1", "warm-up:5", "warm-up:0+cosine", "+cosine",
        ] {
            #expect(LearningRateSchedule(rawValue: text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        Optimizer.Kind.sgd(nesterov: true), .sgd(momentum: -0.1), .adam(beta1: 1), .adamW(beta2: -0.5),
        .adam(epsilon: -1), .rmsProp(weightDecay: -1), .sgd(momentum: .nan),
    ])
    func constantsThatPyTorchRefusesAreRefused(_ kind: Optimizer.Kind) throws {
        #expect(throws: PithError(.invalidArgument, "")) { try Optimizer(kind, parameterCount: 1) }
    }
}
