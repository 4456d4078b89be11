import Foundation
import PithMath
import Testing

/// The float64 functions against the platform's.
@Suite("Elementary functions in float64") struct Elementary64Tests {
    private static let functions:
        [(name: String, ours: @Sendable (Double) -> Double, theirs: @Sendable (Double) -> Double)] = [
            ("exp", Elementary64.exp, { exp($0) }), ("log", Elementary64.log, { log($0) }),
            ("tanh", Elementary64.tanh, { tanh($0) }), ("erf", Elementary64.erf, { erf($0) }),
            ("sigmoid", Elementary64.sigmoid, { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }),
            ("sin", Elementary64.sin, { sin($0) }), ("cos", Elementary64.cos, { cos($0) }),
        ]

    @Test("within 2^-48", arguments: 0..<7) func agrees(index: Int) {
        let (name, ours, theirs) = Self.functions[index]
        var stream = RandomStream(seed: 5, name: name)
        for _ in 0..<20000 {
            let scale = Double(stream.uniform(in: -12..<9))
            let argument = (stream.nextUInt32() & 1 == 0 ? 1 : -1) * exp(scale) * Double(stream.uniform(in: 1..<2))
            let (value, expected) = (ours(argument), theirs(argument))
            if value == expected || value.isNaN && expected.isNaN { continue }
            let size = name == "sin" || name == "cos" ? 1 : max(abs(expected), 0x1p-1022)
            #expect(abs(value - expected) <= 0x1p-48 * size, "\(name) of \(argument)")
        }
    }

    @Test func powersOfIntegersAreProducts() {
        #expect(Elementary64.pow(3, 4) == 81)
        #expect(Elementary64.pow(-2, 3) == -8)
        #expect(Elementary64.pow(-2, 0.5).isNaN)
        #expect(Elementary64.pow(0, -1) == .infinity)
        #expect(abs(Elementary64.pow(10, 0.5) - 10.0.squareRoot()) < 1e-14)
    }
}
