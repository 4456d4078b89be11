import PithGraph

/// Elements taken apart into planes of bytes: the first plane has the lowest byte of each element.
///
/// Floats are rotated left by one bit first, so that the sign moves to the lowest plane and the exponent stands alone in
/// the highest (`spec/FORMAT.md`, "Codec 1").
enum BytePlanes {
    static func split(_ bytes: ArraySlice<UInt8>, type: ElementType) -> [[UInt8]] {
        let width = type.byteCount
        let count = bytes.count / width
        var planes = [[UInt8]](repeating: [], count: width)
        for index in planes.indices { planes[index].reserveCapacity(count) }
        var position = bytes.startIndex
        for _ in 0..<count {
            var element: UInt64 = 0
            for byte in (0..<width).reversed() { element = element << 8 | UInt64(bytes[position + byte]) }
            if type.isFloatingPoint { element = rotate(element, left: 1, bits: width * 8) }
            for plane in 0..<width { planes[plane].append(UInt8(truncatingIfNeeded: element >> UInt64(8 * plane))) }
            position += width
        }
        return planes
    }

    static func merge(_ planes: [[UInt8]], type: ElementType, into bytes: inout [UInt8]) {
        let width = type.byteCount
        for index in planes[0].indices {
            var element: UInt64 = 0
            for plane in (0..<width).reversed() { element = element << 8 | UInt64(planes[plane][index]) }
            if type.isFloatingPoint { element = rotate(element, left: width * 8 - 1, bits: width * 8) }
            for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: element >> UInt64(8 * byte))) }
        }
    }

    private static func rotate(_ value: UInt64, left: Int, bits: Int) -> UInt64 {
        let mask: UInt64 = bits == 64 ? .max : (1 << UInt64(bits)) - 1
        return (value << UInt64(left) | value >> UInt64(bits - left)) & mask
    }
}
