/// The elementary functions of Pith on `Float`, defined down to the last bit.
///
/// Each function is a fixed sequence of IEEE 754 operations (float32 `+ - * /` and fused multiply-add, or float64
/// `+ - * /`) and integer operations, so every platform computes the same bits; the platform's libm is never asked.
/// Any argument is allowed, subnormals are kept, and a NaN result is always the canonical quiet NaN `0x7FC00000`.
/// The definitions, coefficients and largest errors are stated in `spec/arithmetic-functions.md`; a faster kernel is
/// right when it equals these functions bit for bit.
public enum Elementary {
    /// The only NaN that a result may be: `0x7FC00000`.
    package static var canonicalNaN: Float { Float(bitPattern: 0x7FC0_0000) }

    /// a · b + c, rounded once.
    @inline(__always)
    static func fusedMultiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float {
        c.addingProduct(a, b)
    }

    /// 2 to the power `exponent`, which is in -126 ... 127.
    @inline(__always)
    static func powerOfTwo(_ exponent: Int32) -> Float {
        Float(bitPattern: UInt32(bitPattern: exponent &+ 127) &<< 23)
    }

    /// 2 to the power `exponent`, which is in -1022 ... 1023.
    @inline(__always)
    static func powerOfTwo(_ exponent: Int64) -> Double {
        Double(bitPattern: UInt64(bitPattern: exponent &+ 1023) &<< 52)
    }

    /// `magnitude`, which is not negative, with the sign bit of `source`.
    @inline(__always)
    static func withSign(of source: Float, _ magnitude: Float) -> Float {
        Float(bitPattern: magnitude.bitPattern | (source.bitPattern & 0x8000_0000))
    }
}
