/// Walks over the entries of a tensor index (`spec/FORMAT.md`, "TNSR") as far as they make sense and writes the checksum
/// of each chunk.
struct IndexWalk {
    private(set) var bytes: [UInt8]
    private(set) var usesPlanes = false
    private(set) var decodedBytes: UInt64 = 0
    private let data: [UInt8]
    private let dataStart: Int
    private var position = 0

    private static let widths: [UInt8: UInt64] = [
        1: 4, 2: 8, 3: 2, 4: 2, 5: 1, 6: 1, 7: 8, 8: 4, 9: 2, 10: 1, 11: 8, 12: 4, 13: 2, 14: 1, 15: 1,
    ]
    private static let chunkBytes: UInt64 = 1 << 18
    private static let unalignedBytes = 4096
    private static let alignment = 64

    init(_ bytes: [UInt8], data: [UInt8], dataStart: Int) {
        self.bytes = bytes
        self.data = data
        self.dataStart = dataStart
    }

    mutating func repairChecksums() {
        position = 1
        var offset = 0
        guard let count = varint() else { return }
        for _ in 0..<min(count, 1 << 10) {
            guard let next = repairEntry(offset) else { return }
            offset = next
        }
    }

    /// Returns the offset in `data` behind the tensor's chunks, nil when the entry makes no sense.
    private mutating func repairEntry(_ start: Int) -> Int? {
        guard let length = varint(), let afterName = skip(length), afterName + 3 <= bytes.count else { return nil }
        let width = Self.widths[bytes[position]] ?? 1
        position += 3
        guard let rank = varint(), rank <= 8 else { return nil }
        var size = width
        for _ in 0..<rank {
            guard let extent = varint() else { return nil }
            let (product, overflow) = size.multipliedReportingOverflow(by: extent)
            if overflow { return nil }
            size = product
        }
        decodedBytes &+= size
        let chunks = (size + (Self.chunkBytes - 1)) / Self.chunkBytes
        guard chunks <= UInt64(bytes.count) else { return nil }
        var (places, offset, isRaw) = ([(Int, Int)](), start, true)
        for _ in 0..<chunks {
            guard position < bytes.count else { return nil }
            if bytes[position] != 0 { (usesPlanes, isRaw) = (true, false) }
            position += 1
            guard let stored = varint(), stored <= 1 << 20, skip(4) != nil else { return nil }
            places.append((position - 4, Int(stored)))
        }
        if isRaw, size > Self.unalignedBytes {
            offset += (Self.alignment - (dataStart + offset) % Self.alignment) % Self.alignment
        }
        for (place, stored) in places {
            let end = min(offset + stored, data.count)
            bytes.replaceSubrange(place..<(place + 4), with: FileParts.checksum(data[min(offset, end)..<end]))
            offset += stored
        }
        return offset
    }

    private mutating func skip(_ count: UInt64) -> Int? {
        guard count <= UInt64(bytes.count - position) else { return nil }
        position += Int(count)
        return position
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard position < bytes.count else { return nil }
            defer { position += 1 }
            value |= UInt64(bytes[position] & 0x7F) << shift
            if bytes[position] & 0x80 == 0 { return value }
        }
        return nil
    }
}
