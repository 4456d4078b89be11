import CPithKernels

/// Different floats in the order in which they are met, by their bits.
struct Palette {
    private(set) var values: [UInt32] = []

    /// A number plus one at each place; a float is at the first free place from that of its hash on.
    private var slots = [UInt16](repeating: 0, count: 1 << slotBits)

    /// Four places for each float.
    private static let slotBits = 10

    /// A float's number, a new one if it is met for the first time; nil where that would be more than `most`, up to 256.
    mutating func number(of bits: UInt32, most: Int) -> UInt8? {
        var slot = Int((bits &* 0x9E37_79B1) >> UInt32(32 - Self.slotBits))
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if values[number] == bits { return UInt8(number) }
            slot = (slot + 1) % slots.count
        }
        guard values.count < most else { return nil }
        values.append(bits)
        slots[slot] = UInt16(values.count)
        return UInt8(values.count - 1)
    }

    /// Whether numbers of four bits do not tell the floats apart.
    var isWide: Bool { values.count > Int(PITH_PALETTE_SIZE) }

    /// As the kernels take them: 16 floats, or 256 byte by byte, the lowest of each first.
    var bytes: [UInt8] {
        let size = Int(isWide ? PITH_WIDE_PALETTE_SIZE : PITH_PALETTE_SIZE)
        var bytes = [UInt8](repeating: 0, count: 4 * size)
        for (number, value) in values.enumerated() {
            for byte in 0..<4 {
                let place = isWide ? byte * size + number : number * 4 + byte
                bytes[place] = UInt8(truncatingIfNeeded: value >> (8 * byte))
            }
        }
        return bytes
    }
}
