import CPithKernels
import Testing

/// The fused multiply-add in software against the platform's own, which is another implementation.
@Suite struct FusedMultiplyAddTests {
    private func firstDifference(count: Int, seed: UInt64, _ operands: (inout Values) -> (Float, Float, Float)) -> String? {
        var values = Values(seed: seed)
        for _ in 0..<count {
            let (a, b, c) = operands(&values)
            let expected = c.addingProduct(a, b)
            for given in [pith_fmaf_software(a, b, c), pith_fmaf(a, b, c)]
            where given.bitPattern != expected.bitPattern && !(given.isNaN && expected.isNaN) {
                return "\(a) * \(b) + \(c) is \(given), expected \(expected)"
            }
        }
        return nil
    }

    @Test func anyBitPatterns() {
        let difference = firstDifference(count: 4_000_000, seed: 8) { values in
            let x = values.next(), y = values.next()
            return (
                Float(bitPattern: UInt32(truncatingIfNeeded: x)), Float(bitPattern: UInt32(truncatingIfNeeded: x >> 32)),
                Float(bitPattern: UInt32(truncatingIfNeeded: y))
            )
        }
        #expect(difference == nil)
    }

    /// The addend is near the product or a few powers of two away, also down into the subnormals and up to overflow.
    @Test func neighbouringMagnitudes() {
        let difference = firstDifference(count: 4_000_000, seed: 9) { values in
            let x = values.next(), y = values.next()
            let bits = UInt32(truncatingIfNeeded: y >> 24)
            // The product's exponent runs over the whole range, and past both ends.
            let productExponent = Int(y & 0xFFFF) % 300 - 160
            let aExponent = max(-126, min(127, productExponent / 2 + Int(y >> 16 & 7)))
            let bExponent = max(-126, min(127, productExponent - aExponent))
            let cExponent = max(-127, min(127, productExponent + Int(y >> 19 & 63) - 32))
            func float(_ exponent: Int, _ fraction: UInt64, _ sign: UInt32) -> Float {
                Float(bitPattern: sign << 31 | UInt32(exponent + 127) << 23 | UInt32(fraction & 0x7F_FFFF))
            }
            return (
                float(aExponent, x, bits & 1), float(bExponent, x >> 23, bits >> 1 & 1),
                float(cExponent, (x >> 41) ^ (y >> 40), bits >> 2 & 1)
            )
        }
        #expect(difference == nil)
    }

    /// Sums that lie exactly between two floats, or beside that by less than a double can tell: the product is half a
    /// unit in the last place of the addend, more or less by a last bit or by nothing.
    @Test func midpoints() {
        let difference = firstDifference(count: 2_000_000, seed: 10) { values in
            let x = values.next()
            let cExponent = Int(x & 0xFF) % 254 - 126
            let c = Float(bitPattern: UInt32(x >> 8 & 0x80FF_FFFF) & 0x807F_FFFF | UInt32(cExponent + 127) << 23)
            let half = c.ulp / 2
            // (1 + d) * half / (1 + d), rounded, is half or half give or take its last bits.
            let d = Float(bitPattern: 0x3F80_0000 | UInt32(x >> 40 & 0x7F_FFFF) & (x >> 63 == 0 ? 0x7F_FFFF : 0x3))
            let b = x >> 62 & 1 == 0 ? 1 / d : Float(1).nextDown
            return half == 0 ? (d * .leastNonzeroMagnitude, 0.5, c) : (d * half, x >> 61 & 1 == 0 ? b : -b, c)
        }
        #expect(difference == nil)
    }

    @Test func specialValues() {
        for a in Values.specials {
            for b in Values.specials {
                for c in Values.specials {
                    let given = pith_fmaf_software(a, b, c), expected = c.addingProduct(a, b)
                    #expect(difference([canonical(given)], [canonical(expected)]) == nil, "\(a) * \(b) + \(c)")
                }
            }
        }
    }
}
