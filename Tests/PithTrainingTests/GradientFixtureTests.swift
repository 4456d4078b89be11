import PithGraph
import PithMath
import PithTraining
import Testing

/// Values and gradients of every operator that has a gradient, against PyTorch's (`Fixtures/gradients.py`).
struct GradientFixtureTests {
    private static let tolerance = 5e-6

    @Test func operatorsAgreeWithPyTorch() throws {
        var seen: Set<Operator> = []
        for fixture in try Fixture.all("gradients.json", "gradient") {
            let op = try #require(Operator(name: fixture.name))
            seen.insert(op)
            try check(op, fixture)
        }
        // Dropout is random and has a test of its own.
        let without = Operator.allCases.filter { $0.isDifferentiable && $0 != .dropout && !seen.contains($0) }
        #expect(without.isEmpty, "no numbers for \(without)")
    }

    private func check(_ op: Operator, _ fixture: Fixture) throws {
        var attributes: Attributes = [:]
        for (spelling, text) in fixture.attributes ?? [:] {
            let name = try #require(AttributeName.allCases.first { $0.spelling == spelling })
            let kind = op.definition.attributes.first { $0.name == name }?.kind
            attributes[name] = text.value(isFloat: kind == .float)
        }
        let variables = try #require(fixture.inputs).map { operand in
            operand.map { operand in
                let tensor = operand.tensor(isCondition: op == .where)
                return Variable(tensor, requiresGradient: tensor.elementType == .float32)
            }
        }
        let index = fixture.index ?? 0
        let tape = Tape(on: try Compute(threads: 2))
        let count = op == .split ? 3 : 1
        let output = try tape.outputs(of: op, attributes, variables, count: count)[index]
        try tape.backward(from: output, seed: Fixture.pattern(output.value.shape, 99))
        let expected = try #require(fixture.output)
        #expect(Fixture.distance(output.value.floats, expected) < Self.tolerance, "\(op) \(attributes)")
        let asked = variables.compactMap { $0 }.filter(\.requiresGradient)
        let gradients = try #require(fixture.gradients)
        #expect(asked.count == gradients.count)
        for (position, (variable, numbers)) in zip(asked, gradients).enumerated() {
            let gradient = try #require(variable.gradient, "\(op), input \(position)")
            #expect(gradient.shape == variable.value.shape)
            let distance = Fixture.distance(gradient.floats, numbers)
            #expect(distance < Self.tolerance, "\(op) \(attributes), input \(position): \(distance)")
        }
    }

    @Test func batchNormalizationInTraining() throws {
        for fixture in try Fixture.all("gradients.json", "batch normalization") {
            let shape = Shape(try #require(fixture.shape))
            let channels: Shape = [shape[1]]
            let inputs = [
                Fixture.pattern(shape, 1, 2, 0.3), Fixture.pattern(channels, 2, 0.5, 1),
                Fixture.pattern(channels, 3, 0.5, 1), Fixture.pattern(channels, 4),
                Fixture.pattern(channels, 5, 0.5, 1),
            ]
            let variables = inputs.enumerated().map { Variable($1, requiresGradient: $0 < 3) }
            // ONNX's momentum is the share that is kept.
            let attributes: Attributes = [
                .momentum: .float(1 - (try #require(fixture.momentum))),
                .epsilon: .float(try #require(fixture.epsilon)),
            ]
            let tape = Tape(on: try Compute(threads: 2), dropout: RandomStream(seed: 1, name: "dropout"))
            let output = try tape.apply(.batchNormalization, attributes, variables)
            try tape.backward(from: output, seed: Fixture.pattern(shape, 99))
            #expect(Fixture.distance(output.value.floats, try #require(fixture.output)) < Self.tolerance)
            var asked = attributes
            asked[.trainingMode] = .int(1)
            #expect(output.value == (try Reference.apply(.batchNormalization, asked, inputs)[0]), "\(shape)")
            #expect(tape.statistics.count == 2)
            for (index, numbers) in try #require(fixture.statistics).enumerated() {
                let statistic = tape.statistics[index]
                #expect(statistic.variable === variables[3 + index])
                #expect(Fixture.distance(statistic.value.floats, numbers) < Self.tolerance)
            }
            for (variable, numbers) in zip(variables, try #require(fixture.gradients)) {
                let distance = Fixture.distance(try #require(variable.gradient).floats, numbers)
                #expect(distance < Self.tolerance, "\(shape): \(distance)")
            }
        }
    }
}
