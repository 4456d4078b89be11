import CPithKernels
import Testing

/// The fused multiply-add in software against the platform's own, which is another implementation.
@Suite struct FusedMultiplyAddTests {
    private func firstDifference(count: Int, seed: UInt64, _ operands: (inout Values) -> (Float, Float, Float))
        -> String?
    {
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
                Float(bitPattern: UInt32(truncatingIfNeeded: x)),
                Float(bitPattern: UInt32(truncatingIfNeeded: x >> 32)),
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

    /// Sums beside the middle between two floats, by less than a double can tell.
    @Test func midpoints() {
        var values = Values(seed: 10)
        var cases: [(Float, Float, Float)] = []
        for addend in MidpointCase.Addend.allCases {
            for _ in 0..<2000 {
                let midpoint = MidpointCase(addend: addend, columns: 16, values: &values)
                for a in midpoint.factors {
                    for (b, c) in zip(midpoint.otherFactors, midpoint.addends) { cases.append((a, b, c)) }
                }
            }
        }
        var next = cases.makeIterator()
        #expect(firstDifference(count: cases.count, seed: 0) { _ in next.next() ?? (0, 0, 0) } == nil)
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
