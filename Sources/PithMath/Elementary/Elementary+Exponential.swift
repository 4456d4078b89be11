extension Elementary {
    /// e to the power `x`.
    ///
    /// Largest error: see `spec/arithmetic-functions.md`, exp. exp(-inf) is +0, exp(+inf) is +inf, exp(±0) is 1;
    /// results under the least normal number are subnormal, rounded twice (polynomial, then scaling).
    public static func exp(_ x: Float) -> Float {
        if x.isNaN { return canonicalNaN }
        if x > 89 { return .infinity }
        if x < -104 { return 0 }
        return boundedExp(x)
    }

    /// exp for `x` in -104 ... 89, where neither the integer part nor its two halves leave the exponent's range.
    @inline(__always)
    static func boundedExp(_ x: Float) -> Float {
        // Adding 1.5 · 2^23 leaves the nearest integer (ties to even) in the low bits of the significand.
        let shifted = fusedMultiplyAdd(x, 0x1.715476p+0, 0x1.8p+23)
        let k = shifted - 0x1.8p+23
        // The high part of ln 2 has 15 significant bits, so the first remainder is exact.
        var r = fusedMultiplyAdd(k, -0x1.62e4p-1, x)
        r = fusedMultiplyAdd(k, -0x1.7f7d1cp-20, r)

        var p: Float = 0x1.6a5e64p-10
        p = fusedMultiplyAdd(p, r, 0x1.123ad8p-7)
        p = fusedMultiplyAdd(p, r, 0x1.5558a2p-5)
        p = fusedMultiplyAdd(p, r, 0x1.55549p-3)
        p = fusedMultiplyAdd(p, r, 0x1.fffffcp-2)
        p = fusedMultiplyAdd(p, r, 1)
        p = fusedMultiplyAdd(p, r, 1)

        // Two factors, because 2^k itself may be infinite or subnormal where the result is not; the first product is
        // exact, so only the second can round.
        let n = Int32(bitPattern: shifted.bitPattern &- 0x4B40_0000)
        let half = n >> 1
        return p * powerOfTwo(half) * powerOfTwo(n &- half)
    }

    /// The logistic function: with z = exp(-|x|), 1 / (1 + z) for x >= 0 and z / (1 + z) below.
    ///
    /// This form keeps full relative accuracy for negative `x`, down to subnormal results. sigmoid(±0) is 0.5.
    public static func sigmoid(_ x: Float) -> Float {
        if x.isNaN { return canonicalNaN }
        let z = exp(-x.magnitude)
        let numerator: Float = x < 0 ? z : 1
        let sum = 1 + z
        let quotient = numerator / sum
        // One step of correction for what the sum and the quotient have lost; both losses are exact floats.
        let lost = z - (sum - 1)
        let rest = fusedMultiplyAdd(-quotient, lost, fusedMultiplyAdd(-quotient, sum, numerator))
        return quotient + rest / sum
    }

    /// The hyperbolic tangent of `x`.
    ///
    /// Odd to the bit; tanh(±0) is ±0 and tanh(±inf) is ±1.
    public static func tanh(_ x: Float) -> Float {
        if x.isNaN { return canonicalNaN }
        let t = x.magnitude
        if t >= 0x1.2p-1 {
            // exp(2t) is over 3, so the difference loses nothing; it is infinite where the result is 1.
            return withSign(of: x, 1 - 2 / (exp(t + t) + 1))
        }
        let s = t * t
        var p: Float = 0x1.225e3ap-9
        p = fusedMultiplyAdd(p, s, -0x1.0e50e2p-7)
        p = fusedMultiplyAdd(p, s, 0x1.63f936p-6)
        p = fusedMultiplyAdd(p, s, -0x1.b9f766p-5)
        p = fusedMultiplyAdd(p, s, 0x1.11108cp-3)
        p = fusedMultiplyAdd(p, s, -0x1.555554p-2)
        return withSign(of: x, fusedMultiplyAdd(p * s, t, t))
    }
}
