import PithGraph

extension ModelReader {
    /// Chunks that share a checksum, and where each of them is decoded to.
    struct Run {
        var chunks: [Place] = []
        var checksum: UInt32 = 0

        var storedBytes: Int { chunks.reduce(0) { $0 + $1.stored.count } }
        var decodedBytes: Int { chunks.reduce(0) { $0 + $1.decoded.count } }

        /// A chunk's place in the file and in a component.
        struct Place {
            var codec: ChunkCodec
            var stored: Range<Int>
            var component: Int
            var decoded: Range<Int>
        }
    }

    /// The runs of a tensor in order, and the padding between its components.
    ///
    /// - Parameter isWanted: Runs of which no chunk is wanted are left out.
    /// - Complexity: O(n) in the number of the tensor's chunks.
    func runs(
        _ entry: TensorIndex.Entry, where isWanted: (Run.Place) -> Bool = { _ in true }
    ) -> (runs: [Run], padding: [Range<Int>]) {
        var runs: [Run] = []
        var paddings: [Range<Int>] = []
        var run = Run()
        _ = entry.forEachComponent(index.chunkByteCount, from: entry.start) { component, padding, chunks in
            if !padding.isEmpty { paddings.append(padding) }
            var position = padding.upperBound
            for (place, chunk) in entry.chunks[chunks].enumerated() {
                let start = place * index.chunkByteCount
                let end = min(start + index.chunkByteCount, entry.form.components[component].byteCount)
                let stored = position..<(position + chunk.storedLength)
                run.chunks.append(
                    Run.Place(codec: chunk.codec, stored: stored, component: component, decoded: start..<end))
                position = stored.upperBound
                if let checksum = chunk.checksum {
                    run.checksum = checksum
                    if run.chunks.contains(where: isWanted) { runs.append(run) }
                    run.chunks.removeAll(keepingCapacity: true)
                }
            }
        }
        return (runs, paddings)
    }

    /// Verifies a run's checksum, then gives each of its chunks to be decoded.
    ///
    /// - Parameter room: For bytes of the file.
    func read(
        _ run: Run, _ entry: TensorIndex.Entry, _ room: ByteRoom,
        _ decode: (Run.Place, UnsafeBufferPointer<UInt8>) throws(PithError) -> Void
    ) throws(PithError) {
        guard let first = run.chunks.first, let last = run.chunks.last else { return }
        let span = first.stored.lowerBound..<last.stored.upperBound
        do throws(PithError) {
            try unsafe source.withBytes(span, room) { bytes throws(PithError) in
                func part(_ place: Run.Place) -> UnsafeBufferPointer<UInt8> {
                    let start = place.stored.lowerBound - span.lowerBound
                    return unsafe UnsafeBufferPointer(rebasing: bytes[start..<(start + place.stored.count)])
                }
                var checksum: UInt32 = 0
                for place in run.chunks { checksum = unsafe Checksum.of(part(place), after: checksum) }
                guard checksum == run.checksum else {
                    throw PithError(
                        .checksumMismatch, "a chunk is damaged", at: .byte(UInt64(span.lowerBound)),
                        advice: "get the file again")
                }
                for place in run.chunks { try unsafe decode(place, part(place)) }
            }
        } catch {
            throw error.located(in: PithError.Location(section: SectionKind.data.name, tensor: entry.name))
        }
    }

    /// Verifies that padding is zero.
    func checkPadding(_ paddings: [Range<Int>], _ entry: TensorIndex.Entry) throws(PithError) {
        for padding in paddings {
            guard try source.read(padding).allSatisfy({ $0 == 0 }) else {
                throw PithError(
                    .nonZeroPadding, "padding is not zero",
                    at: PithError.Location(
                        offset: UInt64(padding.lowerBound), section: SectionKind.data.name, tensor: entry.name))
            }
        }
    }
}
