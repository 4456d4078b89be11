import PithGraph

extension ModelReader {
    /// Reads some bytes of a component, decoded; the chunks that hold them are verified.
    ///
    /// - Complexity: O(n) in the bytes of these chunks, and in the number of the tensor's.
    func bytes(
        _ entry: TensorIndex.Entry, component number: Int, _ range: Range<Int>
    ) throws(PithError) -> [UInt8] {
        let component = entry.form.components[number]
        func holds(_ place: Run.Place) -> Bool { place.component == number && place.decoded.overlaps(range) }
        let wanted = runs(entry, where: holds).runs.map { TensorRun(tensor: 0, run: $0) }
        var failure: PithError?
        let result = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            do throws(PithError) {
                try share(wanted) { item, reader throws(PithError) in
                    try unsafe read(item.run, entry, reader.stored) { place, stored throws(PithError) in
                        guard holds(place) else { return }
                        let part = place.decoded.clamped(to: range)
                        let target = unsafe UnsafeMutableBufferPointer(
                            rebasing: buffer[part.moved(by: -range.lowerBound)])
                        guard part != place.decoded else {
                            return try unsafe reader.decode(place, stored, of: component, into: target)
                        }
                        let chunk = try unsafe reader.decoded(place, stored, of: component)
                        _ = unsafe target.update(fromContentsOf: chunk[part.moved(by: -place.decoded.lowerBound)])
                    }
                }
                count = range.count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
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
        let reader = ChunkReader()
        let component = entry.form.components[number]
        func holds(_ place: Run.Place) -> Bool { place.component == number && isWanted(place.decoded) }
        for run in runs(entry, where: holds).runs {
            try unsafe read(run, entry, reader.stored) { place, bytes throws(PithError) in
                guard holds(place) else { return }
                try unsafe body(place.decoded, reader.decoded(place, bytes, of: component))
            }
        }
    }
}

extension Range<Int> {
    /// The range so many further on.
    fileprivate func moved(by distance: Int) -> Range<Int> { (lowerBound + distance)..<(upperBound + distance) }
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
