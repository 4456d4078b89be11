public import PithGraph

extension ModelReader {
    /// Chunks that share a checksum, and where each of them is decoded to.
    struct Run {
        var chunks: [Place] = []
        var checksum: UInt32 = 0

        /// A chunk's place in the file and in a component.
        struct Place {
            var codec: ChunkCodec
            var stored: Range<Int>
            var component: Int
            var decoded: Range<Int>
        }
    }

    /// The runs of a tensor in order, and the padding between its components.
    func runs(_ entry: TensorIndex.Entry) -> (runs: [Run], padding: [Range<Int>]) {
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
                    runs.append(run)
                    run = Run()
                }
            }
        }
        return (runs, paddings)
    }

    /// Verifies a run's checksum, then gives each of its chunks to be decoded.
    func read(
        _ run: Run, _ entry: TensorIndex.Entry,
        _ decode: (Run.Place, UnsafeBufferPointer<UInt8>) throws(PithError) -> Void
    ) throws(PithError) {
        guard let first = run.chunks.first, let last = run.chunks.last else { return }
        let span = first.stored.lowerBound..<last.stored.upperBound
        do throws(PithError) {
            try unsafe source.withBytes(span) { bytes throws(PithError) in
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

    /// Decodes every chunk of a tensor and checks it, in the order of the file: of plain elements one chunk at a time.
    ///
    /// - Parameters:
    ///   - number: Below `tensorNames.count`.
    ///   - advance: Is told how many bytes more were checked.
    /// - Throws: `invalidArgument` for a tensor that is not there, and what `verify` throws.
    /// - Complexity: O(n) in the tensor's bytes.
    public func verify(tensor number: Int, _ advance: (Int) -> Void = { _ in }) throws(PithError) {
        let entry = index.entries[try checked(number)]
        guard entry.form.encoding == .plain else {
            _ = try tensors([number])
            return advance(entry.form.decodedBytes)
        }
        try checkPadding(runs(entry).padding, entry)
        try unsafe forEachChunk(entry, component: 0, where: { _ in true }) { place, chunk throws(PithError) in
            try unsafe check(chunk, from: place.lowerBound, entry)
            advance(place.count)
        }
    }

    /// Decodes every chunk and checks it, a tensor at a time.
    ///
    /// - Throws: `checksumMismatch`, `malformed`, `nonZeroPadding`, `truncated`, `trailingBytes`.
    /// - Complexity: O(n) in the decoded bytes.
    public func verify() throws(PithError) {
        for number in index.entries.indices { _ = try tensors([number]) }
    }
}
