/// IEEE 754 binary16 ("float16") as its 16 bits, without the `Float16` type, which not every platform has.
///
/// See `spec/arithmetic-functions.md`, conversions.
public enum HalfPrecision {
    /// The bits of the float16 nearest to `value`, ties to even.
    ///
    /// Magnitudes from 65520 on become infinity, subnormals are kept, NaN becomes `0x7E00`.
    public static func encode(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7FFF_FFFF
        if magnitude > 0x7F80_0000 { return 0x7E00 }
        if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
        if magnitude >= 0x3880_0000 {
            // Normal in both: the exponent's bias falls from 127 to 15 and 13 bits are rounded away; a carry out of the
            // significand lands in the exponent, where it belongs.
            let rounded = magnitude &+ 0xFFF &+ (magnitude >> 13 & 1)
            return sign | UInt16(truncatingIfNeeded: rounded >> 13 &- 112 << 10)
        }
        // Under 2^-25 (and on the tie with it) the nearest is zero.
        if magnitude <= 0x3300_0000 { return sign }
        let significand = magnitude & 0x7F_FFFF | 0x80_0000
        let shift = 126 &- magnitude >> 23
        let rounded = significand &+ (1 &<< (shift &- 1) &- 1) &+ (significand &>> shift & 1)
        return sign | UInt16(truncatingIfNeeded: rounded &>> shift)
    }

    /// The value of the float16 with these bits: exact, and NaN becomes `0x7FC00000`.
    public static func decode(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let magnitude = UInt32(bits & 0x7FFF)
        if magnitude > 0x7C00 { return Elementary.canonicalNaN }
        if magnitude == 0x7C00 { return Float(bitPattern: sign | 0x7F80_0000) }
        if magnitude >= 0x0400 { return Float(bitPattern: sign | (magnitude << 13 &+ 0x3800_0000)) }
        // Subnormal or zero: a whole number of 2^-24.
        return Float(bitPattern: sign | (Float(magnitude) * 0x1p-24).bitPattern)
    }

    /// Encodes each element of `source` into the element of `destination` at the same place.
    ///
    /// - Precondition: Both have the same count.
    /// - Complexity: O(count).
    public static func encode(_ source: Span<Float>, into destination: inout MutableSpan<UInt16>) {
        precondition(source.count == destination.count, "source and destination differ in count")
        for i in source.indices { destination[i] = encode(source[i]) }
    }

    /// Decodes each element of `source` into the element of `destination` at the same place.
    ///
    /// - Precondition: Both have the same count.
    /// - Complexity: O(count).
    public static func decode(_ source: Span<UInt16>, into destination: inout MutableSpan<Float>) {
        precondition(source.count == destination.count, "source and destination differ in count")
        for i in source.indices { destination[i] = decode(source[i]) }
    }
}
