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
        try forEachChunk(entry, component: number, where: { $0.overlaps(range) }) { place, chunk in
            let wanted = place.clamped(to: range)
            result += chunk[(wanted.lowerBound - place.lowerBound)..<(wanted.upperBound - place.lowerBound)]
        }
        return result
    }

    /// Calls a closure with chunks of a component, decoded and verified, in order.
    ///
    /// - Parameters:
    ///   - isWanted: Whether the chunk that has these bytes of the component is decoded.
    ///   - body: Gets these places and the bytes.
    /// - Complexity: O(n) in the bytes of these chunks, and in the number of the tensor's.
    func forEachChunk(
        _ entry: TensorIndex.Entry, component number: Int, where isWanted: (Range<Int>) -> Bool,
        _ body: (_ place: Range<Int>, _ chunk: [UInt8]) throws(PithError) -> Void
    ) throws(PithError) {
        let decoder = ChunkDecoder()
        let component = entry.form.components[number]
        func holds(_ place: Run.Place) -> Bool { place.component == number && isWanted(place.decoded) }
        for run in runs(entry).runs where run.chunks.contains(where: holds) {
            try unsafe read(run, entry) { place, bytes throws(PithError) in
                guard holds(place) else { return }
                var failure: PithError?
                let chunk = unsafe UninitializedArrays.fill([place.decoded.count]) { buffers in
                    do throws(PithError) {
                        try unsafe decoder.decode(
                            place.codec, bytes, into: buffers[0], width: component.width,
                            rotates: component.isFloatingPoint, offset: place.stored.lowerBound)
                    } catch {
                        failure = error
                    }
                }[0]
                if let failure { throw failure }
                try body(place.decoded, chunk)
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
