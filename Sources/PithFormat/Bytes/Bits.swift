/// Appends bits, the most significant of each value first.
struct BitWriter {
    private var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var count = 0

    /// Appends the `count` low bits of a value, at most 40; its other bits are zero.
    mutating func append(_ value: UInt64, count more: Int) {
        pending = pending << UInt64(more) | value
        count += more
        while count >= 8 {
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> UInt64(count)))
        }
    }

    /// The bytes, the last filled with zeros.
    mutating func finish() -> [UInt8] {
        if count > 0 { append(0, count: 8 - count) }
        return bytes
    }
}

/// Reads bits, the most significant of each byte first.
struct BitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next `count` bits, nil when there are fewer.
    mutating func read(_ count: Int) -> UInt64? {
        guard count <= 8 * bytes.count - position else { return nil }
        var value: UInt64 = 0
        for _ in 0..<count {
            value = value << 1 | UInt64(bytes[position / 8] >> UInt8(7 - position % 8) & 1)
            position += 1
        }
        return value
    }

    /// Whether only bits that fill the last byte are left.
    var isAtEnd: Bool { 8 * bytes.count - position < 8 }

    /// Whether the bits that are left in the last byte are zero.
    var restIsZero: Bool { position % 8 == 0 || bytes[position / 8] << UInt8(position % 8) == 0 }
}
