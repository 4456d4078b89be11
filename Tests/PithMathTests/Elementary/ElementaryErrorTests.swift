import Foundation
import PithMath
import Testing

/// |ours - exact| in units in the last place of `exact` as a float32.
func unitsInLastPlace(_ ours: Float, _ exact: Double) -> Double {
    if exact.isNaN || ours.isNaN { return exact.isNaN && ours.bitPattern == 0x7FC0_0000 ? 0 : .infinity }
    // Beyond the largest float, and where both are infinite.
    if ours.isInfinite || exact.isInfinite { return Float(exact) == ours ? 0 : .infinity }
    let exponent = exact == 0 ? -126 : max(Int(exact.exponent), -126)
    return abs(Double(ours) - exact) / Double(sign: .plus, exponent: exponent - 23, significand: 1)
}

struct UnaryCase: Sendable, CustomTestStringConvertible {
    let name: String
    let ours: @Sendable (Float) -> Float
    let exact: @Sendable (Double) -> Double
    /// The error that the specification states, in units in the last place.
    let bound: Double

    var testDescription: String { name }

    static let all = [
        UnaryCase(name: "exp", ours: Elementary.exp, exact: { Foundation.exp($0) }, bound: 0.9),
        UnaryCase(name: "log", ours: Elementary.log, exact: { Foundation.log($0) }, bound: 0.94),
        UnaryCase(
            name: "sigmoid", ours: Elementary.sigmoid,
            exact: { $0 < 0 ? Foundation.exp($0) / (1 + Foundation.exp($0)) : 1 / (1 + Foundation.exp(-$0)) },
            bound: 1.48),
        UnaryCase(name: "tanh", ours: Elementary.tanh, exact: { Foundation.tanh($0) }, bound: 1.51),
        UnaryCase(name: "erf", ours: Elementary.erf, exact: { Foundation.erf($0) }, bound: 1.15),
        UnaryCase(name: "sin", ours: Elementary.sin, exact: { Foundation.sin($0) }, bound: 0.51),
        UnaryCase(name: "cos", ours: Elementary.cos, exact: { Foundation.cos($0) }, bound: 0.51),
    ]
}

@Suite("Errors of the elementary functions")
struct ElementaryErrorTests {
    /// The fixtures hold results from 120-bit arithmetic at hard arguments: subnormals, the ends of the range, floats
    /// nearest to multiples of π/2.
    @Test(arguments: UnaryCase.all)
    func agreesWithExactResults(_ function: UnaryCase) throws {
        let bytes = try FixtureFile.bytes("elementary-\(function.name).bin")
        #expect(bytes.count > 2000 * 12)
        for offset in stride(from: 0, to: bytes.count, by: 12) {
            let x = Float(bitPattern: FixtureFile.load(bytes, at: offset, as: UInt32.self))
            let exact = Double(bitPattern: FixtureFile.load(bytes, at: offset + 4, as: UInt64.self))
            let ours = function.ours(x)
            #expect(unitsInLastPlace(ours, exact) <= function.bound, "\(function.name)(\(x)) = \(ours), not \(exact)")
        }
    }

    /// Bit patterns spread over all floats, and all of one binade around the function's steepest part.
    @Test(arguments: UnaryCase.all)
    func agreesWithFloat64(_ function: UnaryCase) {
        var worst = (error: 0.0, argument: Float(0))
        func visit(_ pattern: UInt32) {
            let x = Float(bitPattern: pattern)
            let error = unitsInLastPlace(function.ours(x), function.exact(Double(x)))
            if error > worst.error { worst = (error, x) }
        }
        for pattern in stride(from: 0, to: UInt64(1) << 32, by: 5003) { visit(UInt32(pattern)) }
        for pattern in stride(from: UInt32(0x3F00_0000), to: 0x4000_0000, by: 31) {
            visit(pattern)
            visit(pattern | 0x8000_0000)
        }
        #expect(worst.error <= function.bound, "\(function.name)(\(worst.argument)) is off by \(worst.error) ulp")
    }

    @Test func powersAgreeWithExactResults() throws {
        let bytes = try FixtureFile.bytes("elementary-pow.bin")
        #expect(bytes.count > 2000 * 16)
        for offset in stride(from: 0, to: bytes.count, by: 16) {
            let x = Float(bitPattern: FixtureFile.load(bytes, at: offset, as: UInt32.self))
            let y = Float(bitPattern: FixtureFile.load(bytes, at: offset + 4, as: UInt32.self))
            let exact = Double(bitPattern: FixtureFile.load(bytes, at: offset + 8, as: UInt64.self))
            #expect(unitsInLastPlace(Elementary.pow(x, y), exact) <= 0.51, "pow(\(x), \(y)) is not \(exact)")
        }
    }
}
