/// Elements taken apart into planes of bytes: the first plane has the lowest byte of each element.
///
/// Floats are rotated left by one bit first, so that the sign moves to the lowest plane and the exponent stands alone in
/// the highest (`spec/FORMAT.md`, "Codec 1"). Byte by byte, a rotation takes one bit from the neighbour below. This is
/// the definition; `CPithKernels` has the same, fast.
package enum BytePlanes {
    /// Takes elements apart.
    package static func split(_ bytes: [UInt8], width: Int, rotates: Bool) -> [[UInt8]] {
        let count = bytes.count / width
        return (0..<width).map { plane in
            (0..<count).map { index in
                let own = bytes[index * width + plane]
                let below = bytes[index * width + (plane + width - 1) % width]
                return rotates ? own << 1 | below >> 7 : own
            }
        }
    }

    /// Puts elements together.
    package static func merge(_ planes: [[UInt8]], rotates: Bool) -> [UInt8] {
        let width = planes.count
        var bytes = [UInt8](repeating: 0, count: planes[0].count * width)
        for plane in 0..<width {
            let own = planes[plane]
            let above = planes[(plane + 1) % width]
            for index in own.indices {
                bytes[index * width + plane] = merged(own[index], above[index], rotates)
            }
        }
        return bytes
    }

    /// A byte of an element, from its plane and the plane above, which for the highest is the lowest.
    static func merged(_ own: UInt8, _ above: UInt8, _ rotates: Bool) -> UInt8 {
        rotates ? own >> 1 | above << 7 : own
    }
}
