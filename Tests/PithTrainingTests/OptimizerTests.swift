import PithGraph
import PithMath
import PithTraining
import Testing

/// The rules against the formulas of PyTorch's documentation, written out again here in double precision.
struct OptimizerTests {
    private static let count = 37

    private static func gradient(_ step: Int) -> Tensor { Check.random([count], "gradient \(step)") }

    private static func trained(_ kind: Optimizer.Kind, rate: Float, steps: Int) -> [Float] {
        var optimizer = Optimizer(kind, parameterCount: 1)
        var parameters = [Check.random([count], "parameter")]
        for step in 0..<steps { optimizer.step(&parameters, gradients: [gradient(step)], rate: rate) }
        return parameters[0].floats
    }

    private static func error(_ a: [Float], _ b: [Double]) -> Double {
        let difference = zip(a, b).reduce(0.0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        return (difference / b.reduce(0.0) { $0 + $1 * $1 }).squareRoot()
    }

    @Test(arguments: [0, 0.9] as [Float])
    func sgd(_ momentum: Float) {
        var p = Check.random([Self.count], "parameter").floats.map { Double($0) }
        var v = [Double](repeating: 0, count: Self.count)
        for step in 0..<50 {
            let g = Self.gradient(step).floats
            for i in p.indices {
                v[i] = Double(momentum) * v[i] + Double(g[i])
                p[i] -= 0.05 * v[i]
            }
        }
        #expect(Self.error(Self.trained(.sgd(momentum: momentum), rate: 0.05, steps: 50), p) < 1e-5)
    }

    @Test func adam() {
        var p = Check.random([Self.count], "parameter").floats.map { Double($0) }
        var m = [Double](repeating: 0, count: Self.count)
        var v = m
        var (b1, b2) = (1.0, 1.0)
        for step in 0..<50 {
            let g = Self.gradient(step).floats.map { Double($0) }
            b1 *= 0.9
            b2 *= 0.999
            for i in p.indices {
                m[i] = 0.9 * m[i] + 0.1 * g[i]
                v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i]
                p[i] -= 0.01 * (m[i] / (1 - b1)) / ((v[i] / (1 - b2)).squareRoot() + 1e-8)
            }
        }
        #expect(Self.error(Self.trained(.adam(), rate: 0.01, steps: 50), p) < 1e-5)
    }

    @Test func schedules() {
        #expect(LearningRateSchedule.constant.factor(step: 7, total: 10) == 1)
        #expect(abs(LearningRateSchedule.linear.factor(step: 7, total: 10) - 0.3) < 1e-6)
        #expect(LearningRateSchedule.cosine.factor(step: 0, total: 10) == 1)
        #expect(abs(LearningRateSchedule.cosine.factor(step: 3, total: 10) - 0.7938926) < 1e-6)
    }
}
