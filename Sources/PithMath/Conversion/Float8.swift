/// The two floats of 8 bits that ONNX calls `float8e4m3fn` and `float8e5m2`, as their bits.
///
/// See `spec/arithmetic-functions.md`, conversions.
public enum Float8: Sendable {
    /// 4 bits of exponent, 3 of significand, no infinity; the largest is 448.
    case e4m3fn
    /// 5 bits of exponent, 2 of significand; the largest finite one is 57344.
    case e5m2

    private var significandBits: UInt32 { self == .e4m3fn ? 3 : 2 }
    private var bias: UInt32 { self == .e4m3fn ? 7 : 15 }
    private var greatest: UInt8 { self == .e4m3fn ? 0x7E : 0x7B }
    private var notANumber: UInt8 { self == .e4m3fn ? 0x7F : 0x7E }
    private var overflow: UInt8 { self == .e4m3fn ? 0x7F : 0x7C }

    /// The bits of the nearest float8, ties to even.
    ///
    /// - Parameters:
    ///   - value: The number; NaN becomes `0x7F`, in `e5m2` `0x7E`.
    ///   - saturates: What rounds beyond the largest becomes the largest, infinity too; else infinity, or NaN in a type
    ///     without infinity.
    public func encode(_ value: Float, saturates: Bool) -> UInt8 {
        if value.isNaN { return notANumber }
        let sign: UInt8 = value.sign == .minus ? 0x80 : 0
        let magnitude = value.bitPattern & 0x7FFF_FFFF
        let shift = 23 - significandBits
        let code: UInt32
        if magnitude >= (128 - bias) << 23 {
            // Normal in both: a carry out of the significand lands in the exponent, where it belongs.
            let rounded = magnitude &+ (1 << (shift - 1) - 1) &+ (magnitude >> shift & 1)
            code = rounded >> shift - (127 - bias) << significandBits
        } else {
            // Subnormal or zero: a whole number of 2^(1 - bias - significandBits); adding 1.5 · 2^23 rounds to it.
            let scaled = value.magnitude * Elementary.powerOfTwo(Int32(bias - 1 + significandBits))
            code = UInt32((scaled + 0x1.8p+23) - 0x1.8p+23)
        }
        guard code > UInt32(greatest) else { return sign | UInt8(code) }
        return sign | (saturates ? greatest : overflow)
    }

    /// The value of the float8 with these bits: exact, and NaN becomes `0x7FC00000`.
    public func decode(_ bits: UInt8) -> Float {
        let magnitude = UInt32(bits & 0x7F)
        if magnitude > UInt32(overflow) || self == .e4m3fn && magnitude == 0x7F { return Elementary.canonicalNaN }
        let sign: Float = bits & 0x80 == 0 ? 1 : -1
        if self == .e5m2 && magnitude == 0x7C { return sign * .infinity }
        let exponent = magnitude >> significandBits
        let significand = magnitude & (1 << significandBits - 1)
        let unit = Elementary.powerOfTwo(1 - Int32(bias) - Int32(significandBits))
        if exponent == 0 { return sign * (Float(significand) * unit) }
        let whole = Float(significand | 1 << significandBits)
        return sign * (whole * unit * Elementary.powerOfTwo(Int32(exponent) - 1))
    }
}
