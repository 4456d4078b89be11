extension Elementary {
    /// The error function of `x`, 2/√π times the integral of exp(-t²) from 0 to `x`.
    ///
    /// Odd to the bit; erf(±0) is ±0 and erf(±inf) is ±1.
    public static func erf(_ x: Float) -> Float {
        if x.isNaN { return canonicalNaN }
        let t = x.magnitude
        if t < 0x1.ep-1 {
            let s = t * t
            var p: Float = 0x1.5a7084p-14
            p = fusedMultiplyAdd(p, s, -0x1.a98p-11)
            p = fusedMultiplyAdd(p, s, 0x1.54b154p-8)
            p = fusedMultiplyAdd(p, s, -0x1.b80c08p-6)
            p = fusedMultiplyAdd(p, s, 0x1.ce2de6p-4)
            p = fusedMultiplyAdd(p, s, -0x1.812742p-2)
            p = fusedMultiplyAdd(p, s, 0x1.06eba8p-3)
            return withSign(of: x, fusedMultiplyAdd(p, t, t))
        }
        if t >= 4 { return withSign(of: x, 1) }
        // 1 - exp(q(t) · t), where q(t) · t approximates log(1 - erf(t)).
        var q: Float = -0x1.97b33cp-17
        q = fusedMultiplyAdd(q, t, 0x1.5c1d2cp-12)
        q = fusedMultiplyAdd(q, t, -0x1.e24f2cp-9)
        q = fusedMultiplyAdd(q, t, 0x1.869b4p-6)
        q = fusedMultiplyAdd(q, t, -0x1.b385p-4)
        q = fusedMultiplyAdd(q, t, -0x1.452b58p-1)
        q = fusedMultiplyAdd(q, t, -0x1.20effep+0)
        return withSign(of: x, 1 - boundedExp(q * t))
    }
}
