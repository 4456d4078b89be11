/// bfloat16, the upper half of a float32, as its 16 bits.
///
/// See `spec/arithmetic-functions.md`, conversions.
public enum BrainFloat {
    /// The bits of the bfloat16 nearest to `value`, ties to even.
    ///
    /// What rounds beyond the largest bfloat16 becomes infinity, subnormals are kept, NaN becomes `0x7FC0`.
    public static func encode(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if bits & 0x7FFF_FFFF > 0x7F80_0000 { return 0x7FC0 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }

    /// The value of the bfloat16 with these bits: exact, and NaN becomes `0x7FC00000`.
    public static func decode(_ bits: UInt16) -> Float {
        if bits & 0x7FFF > 0x7F80 { return Elementary.canonicalNaN }
        return Float(bitPattern: UInt32(bits) << 16)
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
