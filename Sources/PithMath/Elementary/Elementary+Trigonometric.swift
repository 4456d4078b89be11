extension Elementary {
    /// The sine of `x` radians, accurate for every finite `x`; NaN for infinities. Odd to the bit, sin(±0) is ±0.
    public static func sin(_ x: Float) -> Float {
        guard x.isFinite else { return canonicalNaN }
        let (quadrant, r) = reduced(x.magnitude)
        let value = quadrant & 1 == 0 ? sineOfReduced(r) : cosineOfReduced(r)
        // Quadrants 2 and 3 are the negatives of 0 and 1.
        let sign = (x.bitPattern ^ (quadrant &<< 30)) & 0x8000_0000
        return Float(bitPattern: Float(value).bitPattern ^ sign)
    }

    /// The cosine of `x` radians, accurate for every finite `x`; NaN for infinities. Even to the bit.
    public static func cos(_ x: Float) -> Float {
        guard x.isFinite else { return canonicalNaN }
        let (quadrant, r) = reduced(x.magnitude)
        let value = quadrant & 1 == 0 ? cosineOfReduced(r) : sineOfReduced(r)
        // cos(r + q · π/2) is cos r, -sin r, -cos r, sin r for q = 0, 1, 2, 3.
        let sign = ((quadrant &+ 1) &<< 30) & 0x8000_0000
        return Float(bitPattern: Float(value).bitPattern ^ sign)
    }

    /// The bits of 2/π after the binary point, behind 32 zero bits.
    private static var twoOverPi: SIMD8<UInt32> {
        SIMD8(
            0x0000_0000, 0xA2F9_836E, 0x4E44_1529, 0xFC27_57D1, 0xF534_DDC0, 0xDB62_9599, 0x3C43_9041, 0xFE51_63AB)
    }

    /// The multiple of π/2 nearest to `t`, modulo 4, and the rest in -π/4 ... π/4; `t` is finite and not negative.
    ///
    /// Payne and Hanek's method: only the bits of 2/π that matter for the quadrant and 62 bits of fraction are
    /// multiplied, in integers, so that the largest floats reduce as exactly as small ones.
    private static func reduced(_ t: Float) -> (quadrant: UInt32, rest: Double) {
        if t <= 0x1.921fb4p-1 { return (0, Double(t)) }
        let bits = t.bitPattern
        let significand = UInt64(bits & 0x7F_FFFF | 0x80_0000)
        // With t = significand · 2^(e - 23), e >= -1, the bit of weight 2 in the product is at e + 7 in the table.
        let offset = Int(bits >> 23) - 120
        let table = twoOverPi
        let index = offset >> 5
        let shift = UInt64(32 - (offset & 31))
        func word(_ i: Int) -> UInt64 {
            ((UInt64(table[index + i]) &<< 32 | UInt64(table[index + i + 1])) &>> shift) & 0xFFFF_FFFF
        }
        // The top 64 of the 96 low bits of the product: 2 bits of integer, 62 of fraction.
        let product = (significand &* word(0)) &<< 32 &+ significand &* word(1) &+ (significand &* word(2)) &>> 32
        let quadrant = (product &+ 0x2000_0000_0000_0000) &>> 62
        let fraction = Int64(bitPattern: product &- quadrant &<< 62)
        return (UInt32(quadrant), Double(fraction) * 0x1.921fb54442d18p-62)
    }

    /// The series of sin, r^(2j + 1) / (2j + 1)!, for |r| at most π/4.
    static func sineOfReduced(_ r: Double) -> Double {
        let s = r * r
        var p = -1.0 / 1_307_674_368_000.0
        p = p * s + 1.0 / 6_227_020_800.0
        p = p * s - 1.0 / 39_916_800.0
        p = p * s + 1.0 / 362_880.0
        p = p * s - 1.0 / 5_040.0
        p = p * s + 1.0 / 120.0
        p = p * s - 1.0 / 6.0
        p = p * s + 1.0
        return p * r
    }

    /// The series of cos, r^2j / (2j)!, for |r| at most π/4.
    static func cosineOfReduced(_ r: Double) -> Double {
        let s = r * r
        var p = 1.0 / 20_922_789_888_000.0
        p = p * s - 1.0 / 87_178_291_200.0
        p = p * s + 1.0 / 479_001_600.0
        p = p * s - 1.0 / 3_628_800.0
        p = p * s + 1.0 / 40_320.0
        p = p * s - 1.0 / 720.0
        p = p * s + 1.0 / 24.0
        p = p * s - 0.5
        p = p * s + 1.0
        return p
    }
}
