/// Floats to integers: the fraction is dropped (towards zero), what lies outside becomes the nearest bound, NaN
/// becomes 0.
///
/// See `spec/arithmetic-functions.md`, conversions.
public enum SaturatingInteger {
    /// `value` as a 64-bit integer.
    public static func int64(_ value: Float) -> Int64 { convert(value) }

    /// `value` as a 32-bit integer.
    public static func int32(_ value: Float) -> Int32 { convert(value) }

    /// `value` as an 8-bit integer.
    public static func int8(_ value: Float) -> Int8 { convert(value) }

    /// `value` as an unsigned 8-bit integer.
    public static func uint8(_ value: Float) -> UInt8 { convert(value) }

    /// `value` as a 64-bit integer.
    public static func int64(_ value: Double) -> Int64 {
        if value.isNaN { return 0 }
        if value >= 0x1p63 { return .max }
        return value <= -0x1p63 ? .min : Int64(value)
    }

    /// `value` as an unsigned 64-bit integer.
    public static func uint64(_ value: Double) -> UInt64 {
        if value.isNaN { return 0 }
        if value >= 0x1p64 { return .max }
        return value <= 0 ? 0 : UInt64(value)
    }

    /// Converts each element of `source` into the element of `destination` at the same place.
    ///
    /// - Precondition: Both have the same count.
    /// - Complexity: O(count).
    public static func int64(_ source: Span<Float>, into destination: inout MutableSpan<Int64>) {
        fill(&destination, from: source)
    }

    /// Converts each element of `source` into the element of `destination` at the same place.
    ///
    /// - Precondition: Both have the same count.
    /// - Complexity: O(count).
    public static func int32(_ source: Span<Float>, into destination: inout MutableSpan<Int32>) {
        fill(&destination, from: source)
    }

    /// Converts each element of `source` into the element of `destination` at the same place.
    ///
    /// - Precondition: Both have the same count.
    /// - Complexity: O(count).
    public static func uint8(_ source: Span<Float>, into destination: inout MutableSpan<UInt8>) {
        fill(&destination, from: source)
    }

    @inline(__always)
    private static func fill<Integer: FixedWidthInteger>(
        _ destination: inout MutableSpan<Integer>, from source: Span<Float>
    ) {
        precondition(source.count == destination.count, "source and destination differ in count")
        for i in source.indices { destination[i] = convert(source[i]) }
    }

    @inline(__always)
    private static func convert<Integer: FixedWidthInteger>(_ value: Float) -> Integer {
        if value.isNaN { return 0 }
        // The power of two just beyond the largest integer is exact in a float, unlike that integer itself.
        let bound = Elementary.powerOfTwo(Int32(Integer.bitWidth - (Integer.isSigned ? 1 : 0)))
        if value >= bound { return .max }
        if value <= (Integer.isSigned ? -bound : 0) { return .min }
        return Integer(value)
    }
}
