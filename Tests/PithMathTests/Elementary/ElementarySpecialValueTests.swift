import Foundation
import PithMath
import Testing

@Suite("Special values of the elementary functions")
struct ElementarySpecialValueTests {
    static let inf = Float.infinity

    @Test(arguments: UnaryCase.all)
    func everyNaNIsCanonical(_ function: UnaryCase) {
        for pattern: UInt32 in [0x7FC0_0000, 0xFFC0_0000, 0x7F80_0001, 0xFF80_0001, 0x7FFF_FFFF, 0xFFFF_FFFF] {
            #expect(function.ours(Float(bitPattern: pattern)).bitPattern == 0x7FC0_0000)
        }
    }

    @Test func valuesAtTheEnds() {
        func expect(_ value: Float, _ pattern: UInt32, _ comment: Comment) {
            #expect(value.bitPattern == pattern, comment)
        }
        let inf = Self.inf
        expect(Elementary.exp(0), 0x3F80_0000, "exp(0)")
        expect(Elementary.exp(-0.0), 0x3F80_0000, "exp(-0)")
        expect(Elementary.exp(inf), 0x7F80_0000, "exp(inf)")
        expect(Elementary.exp(-inf), 0, "exp(-inf)")
        expect(Elementary.exp(Float(bitPattern: 0x42B1_7217)), 0x7F7F_FF84, "the largest finite exp")
        expect(Elementary.exp(Float(bitPattern: 0x42B1_7218)), 0x7F80_0000, "the first infinite exp")
        expect(Elementary.exp(-103.972), 1, "the least subnormal exp")
        expect(Elementary.exp(-103.98), 0, "exp under half of the least subnormal")
        expect(Elementary.log(0), 0xFF80_0000, "log(0)")
        expect(Elementary.log(-0.0), 0xFF80_0000, "log(-0)")
        expect(Elementary.log(1), 0, "log(1)")
        expect(Elementary.log(inf), 0x7F80_0000, "log(inf)")
        expect(Elementary.log(-inf), 0x7FC0_0000, "log(-inf)")
        expect(Elementary.log(-.leastNonzeroMagnitude), 0x7FC0_0000, "log of the least negative")
        expect(Elementary.sigmoid(0), 0x3F00_0000, "sigmoid(0)")
        expect(Elementary.sigmoid(inf), 0x3F80_0000, "sigmoid(inf)")
        expect(Elementary.sigmoid(-inf), 0, "sigmoid(-inf)")
        for (name, function) in [("tanh", Elementary.tanh), ("erf", Elementary.erf)] {
            expect(function(0), 0, "\(name)(0)")
            expect(function(-0.0), 0x8000_0000, "\(name)(-0)")
            expect(function(inf), 0x3F80_0000, "\(name)(inf)")
            expect(function(-inf), 0xBF80_0000, "\(name)(-inf)")
        }
        expect(Elementary.sin(0), 0, "sin(0)")
        expect(Elementary.sin(-0.0), 0x8000_0000, "sin(-0)")
        expect(Elementary.sin(-.leastNonzeroMagnitude), 0x8000_0001, "sin of the least negative")
        expect(Elementary.cos(-0.0), 0x3F80_0000, "cos(-0)")
        for x in [inf, -inf] {
            expect(Elementary.sin(x), 0x7FC0_0000, "sin(±inf)")
            expect(Elementary.cos(x), 0x7FC0_0000, "cos(±inf)")
        }
    }

    /// The platform's float64 pow follows Annex F; rounding to float32 keeps what it says about special values.
    @Test func powFollowsAnnexF() {
        let inf = Self.inf
        let least = Float.leastNonzeroMagnitude
        let magnitudes: [Float] = [
            0, least, 0.5, 1, Float(1).nextUp, 1.5, 2, 3, 0x1p+23, 8_388_609, 0x1p+24, 0x1p+31,
            .greatestFiniteMagnitude, inf, .nan,
        ]
        let values = magnitudes + magnitudes.map { -$0 }
        for x in values {
            for y in values {
                let exact = Foundation.pow(Double(x), Double(y))
                let ours = Elementary.pow(x, y)
                #expect(unitsInLastPlace(ours, exact) <= 0.51, "pow(\(x), \(y)) = \(ours), not \(exact)")
                if !exact.isNaN { #expect(ours.sign == exact.sign, "pow(\(x), \(y)) = \(ours), not \(exact)") }
            }
        }
    }

    @Test func oddAndEvenToTheBit() {
        for x in ElementaryBitsTests.wild where !x.isNaN {
            #expect(Elementary.tanh(-x) == -Elementary.tanh(x))
            #expect(Elementary.erf(-x) == -Elementary.erf(x))
            if x.isFinite {
                #expect(Elementary.sin(-x) == -Elementary.sin(x))
                #expect(Elementary.cos(-x) == Elementary.cos(x))
            }
        }
    }
}
