import PithGraph

extension ModelReader {
    /// Reads some bytes of a component, decoded; the chunks that hold them are verified.
    ///
    /// - Complexity: O(n) in the bytes of these chunks, and in the number of the tensor's.
    func bytes(
        _ entry: TensorIndex.Entry, component number: Int, _ range: Range<Int>
    ) throws(PithError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        try unsafe forEachChunk(entry, component: number, where: { $0.overlaps(range) }) { place, chunk in
            let wanted = place.clamped(to: range)
            unsafe result += chunk[(wanted.lowerBound - place.lowerBound)..<(wanted.upperBound - place.lowerBound)]
        }
        return result
    }

    /// Calls a closure with chunks of a component, decoded and verified, in order.
    ///
    /// - Parameters:
    ///   - isWanted: Whether the chunk that has these bytes of the component is decoded.
    ///   - body: Gets these places and the bytes, which are gone when it returns.
    /// - Complexity: O(n) in the bytes of these chunks, and in the number of the tensor's.
    func forEachChunk(
        _ entry: TensorIndex.Entry, component number: Int, where isWanted: (Range<Int>) -> Bool,
        _ body: (_ place: Range<Int>, _ chunk: UnsafeBufferPointer<UInt8>) throws(PithError) -> Void
    ) throws(PithError) {
        let decoder = ChunkDecoder()
        let component = entry.form.components[number]
        // Memory for one chunk, which those that are stored as they are do not need.
        var room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 0)
        defer { unsafe room.deallocate() }
        func holds(_ place: Run.Place) -> Bool { place.component == number && isWanted(place.decoded) }
        for run in runs(entry).runs where run.chunks.contains(where: holds) {
            try unsafe read(run, entry) { place, bytes throws(PithError) in
                guard holds(place) else { return }
                guard place.codec != .stored || bytes.count != place.decoded.count else {
                    return try unsafe body(place.decoded, bytes)
                }
                if room.count < place.decoded.count {
                    unsafe room.deallocate()
                    unsafe room = .allocate(capacity: place.decoded.count)
                }
                let chunk = unsafe UnsafeMutableBufferPointer(rebasing: room[..<place.decoded.count])
                try unsafe decoder.decode(
                    place.codec, bytes, into: chunk, width: component.width, rotates: component.isFloatingPoint,
                    offset: place.stored.lowerBound)
                try unsafe body(place.decoded, UnsafeBufferPointer(chunk))
            }
        }
    }
}

/// The components of a tensor of a file, read in pieces that are larger than the chunks that are asked for.
final class ComponentPieces {
    private static let pieceBytes = 8 << 20

    private let reader: ModelReader
    private let entry: TensorIndex.Entry
    private var piece: (component: Int, range: Range<Int>, bytes: [UInt8])?

    init(_ reader: ModelReader, _ entry: TensorIndex.Entry) {
        self.reader = reader
        self.entry = entry
    }

    /// Decoded bytes of a component.
    func bytes(_ component: Int, _ range: Range<Int>) throws(PithError) -> ArraySlice<UInt8> {
        if piece?.component != component || piece?.range.contains(range) != true {
            piece = nil
            let end = min(
                max(range.lowerBound + Self.pieceBytes, range.upperBound), entry.form.components[component].byteCount)
            let wanted = range.lowerBound..<end
            piece = (component, wanted, try reader.bytes(entry, component: component, wanted))
        }
        guard let piece else { return [] }
        let start = range.lowerBound - piece.range.lowerBound
        return piece.bytes[start..<(start + range.count)]
    }
}
