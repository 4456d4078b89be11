import PithGraph

/// Elements taken apart into planes of bytes: the first plane has the lowest byte of each element.
///
/// Floats are rotated left by one bit first, so that the sign moves to the lowest plane and the exponent stands alone in
/// the highest (`spec/FORMAT.md`, "Codec 1"). Byte by byte, a rotation takes one bit from the neighbour below.
enum BytePlanes {
    static func split(_ bytes: ArraySlice<UInt8>, type: ElementType) -> [[UInt8]] {
        let width = type.byteCount
        let count = bytes.count / width
        let rotates = type.isFloatingPoint
        var planes: [[UInt8]] = []
        for plane in 0..<width {
            var own = bytes.startIndex + plane
            var below = bytes.startIndex + (plane + width - 1) % width
            var values = [UInt8](repeating: 0, count: count)
            for index in 0..<count {
                values[index] = rotates ? bytes[own] << 1 | bytes[below] >> 7 : bytes[own]
                own += width
                below += width
            }
            planes.append(values)
        }
        return planes
    }

    static func merge(_ planes: [[UInt8]], type: ElementType, into bytes: inout [UInt8]) {
        let width = type.byteCount
        let count = planes[0].count
        let rotates = type.isFloatingPoint
        let start = bytes.count
        bytes += [UInt8](repeating: 0, count: count * width)
        for plane in 0..<width {
            let own = planes[plane]
            let above = planes[(plane + 1) % width]
            var position = start + plane
            for index in 0..<count {
                bytes[position] = rotates ? own[index] >> 1 | above[index] << 7 : own[index]
                position += width
            }
        }
    }
}
