extension Elementary {
    /// `x` to the power `y`, as C's `pow` (Annex F): pow(1, y) and pow(x, ±0) are 1 even for NaN; a negative finite
    /// `x` with a `y` that is no integer gives NaN.
    ///
    /// Computed in float64 as 2^(y · log2 |x|) and rounded once to float32, so subnormal results are exact too.
    public static func pow(_ x: Float, _ y: Float) -> Float {
        if x == 1 || y == 0 { return 1 }
        if x.isNaN || y.isNaN { return canonicalNaN }
        let base = x.magnitude
        if y.isInfinite {
            if base == 1 { return 1 }
            return (base > 1) == (y > 0) ? .infinity : 0
        }
        let parity = IntegerParity(y)
        let sign = parity == .odd ? x : 0
        if base == 0 || base.isInfinite {
            return withSign(of: sign, (base == 0) == (y > 0) ? 0 : .infinity)
        }
        if x < 0 && parity == .noInteger { return canonicalNaN }

        let exponent = Double(y) * log2(Double(base))
        if exponent >= 129 { return withSign(of: sign, .infinity) }
        if exponent < -151 { return withSign(of: sign, 0) }
        return withSign(of: sign, Float(exp2(exponent)))
    }

    private enum IntegerParity {
        case noInteger, even, odd

        init(_ value: Float) {
            let magnitude = value.magnitude
            if magnitude >= 0x1p+24 {
                self = .even
            } else {
                let truncated = Int32(magnitude)
                self = Float(truncated) != magnitude ? .noInteger : truncated & 1 == 1 ? .odd : .even
            }
        }
    }

    /// log2 of a positive, normal, finite number, with a relative error under 2^-50.
    private static func log2(_ x: Double) -> Double {
        // x = m · 2^k with m in √½ ..< √2.
        let bits = x.bitPattern
        let k = Int64(bitPattern: bits &- 0x3FE6_A09E_667F_3BCD) >> 52
        let m = Double(bitPattern: bits &- UInt64(bitPattern: k &<< 52))

        return doubledArtanh((m - 1) / (m + 1)) * 0x1.71547652b82fep+0 + Double(k)
    }

    /// 2 artanh(s), which is ln((1 + s) / (1 - s)), for |s| up to 0.172: the series with terms 2/(2j + 1) · s^(2j + 1).
    static func doubledArtanh(_ s: Double) -> Double {
        let w = s * s
        var p = 2.0 / 19.0
        p = p * w + 2.0 / 17.0
        p = p * w + 2.0 / 15.0
        p = p * w + 2.0 / 13.0
        p = p * w + 2.0 / 11.0
        p = p * w + 2.0 / 9.0
        p = p * w + 2.0 / 7.0
        p = p * w + 2.0 / 5.0
        p = p * w + 2.0 / 3.0
        p = p * w + 2.0
        return s * p
    }

    /// 2 to the power `x`, for `x` in -151 ..< 129, with a relative error under 2^-50.
    private static func exp2(_ x: Double) -> Double {
        // Adding 1.5 · 2^52 rounds to the nearest integer, ties to even.
        let k = (x + 0x1.8p+52) - 0x1.8p+52
        return expOfReduced((x - k) * 0x1.62e42fefa39efp-1) * powerOfTwo(Int64(k))
    }

    /// The series of exp, r^j / j!, for |r| at most ½ ln 2.
    static func expOfReduced(_ r: Double) -> Double {
        var p = 1.0 / 6_227_020_800.0
        p = p * r + 1.0 / 479_001_600.0
        p = p * r + 1.0 / 39_916_800.0
        p = p * r + 1.0 / 3_628_800.0
        p = p * r + 1.0 / 362_880.0
        p = p * r + 1.0 / 40_320.0
        p = p * r + 1.0 / 5_040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        p = p * r + 1.0
        p = p * r + 1.0
        return p
    }
}
