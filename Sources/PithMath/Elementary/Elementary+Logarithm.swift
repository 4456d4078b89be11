extension Elementary {
    /// The natural logarithm of `x`.
    ///
    /// log(±0) is -inf, log(+inf) is +inf, log(1) is +0; below zero the result is NaN.
    public static func log(_ x: Float) -> Float {
        if x.isNaN || x < 0 { return canonicalNaN }
        if x == 0 { return -.infinity }
        if x == .infinity { return x }
        let isSubnormal = x < 0x1p-126
        let bits = (isSubnormal ? x * 0x1p+23 : x).bitPattern

        // x = m · 2^k with m in 2/3 ..< 4/3, so that near 1 nothing cancels.
        let scaled = Int32(bitPattern: bits &- 0x3F2A_AAAB) & -0x80_0000
        let m = Float(bitPattern: bits &- UInt32(bitPattern: scaled))
        let k = Float((scaled >> 23) &- (isSubnormal ? 23 : 0))

        let f = m - 1
        var p: Float = -0x1.06cedcp-3
        p = fusedMultiplyAdd(p, f, 0x1.1ec6ep-3)
        p = fusedMultiplyAdd(p, f, -0x1.f3a788p-4)
        p = fusedMultiplyAdd(p, f, 0x1.1ec0dp-3)
        p = fusedMultiplyAdd(p, f, -0x1.559804p-3)
        p = fusedMultiplyAdd(p, f, 0x1.99d1c6p-3)
        p = fusedMultiplyAdd(p, f, -0x1.ffff14p-3)
        p = fusedMultiplyAdd(p, f, 0x1.555502p-2)
        p = fusedMultiplyAdd(p, f, -0.5)
        let logM = fusedMultiplyAdd(p, f * f, f)
        return fusedMultiplyAdd(k, 0x1.62e43p-1, logM)
    }
}
