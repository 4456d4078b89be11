public import PithGraph

extension ModelReader {
    /// Decoded bytes after which `verify` tells how far it is.
    private static let stepBytes = 32 << 20

    /// Decodes every chunk and checks it, in the order of the file.
    ///
    /// Memory is bounded by a chunk for each thread, and by one tensor that is encoded.
    ///
    /// - Parameter advance: Is told how many more of the bytes that the file declares were checked.
    /// - Throws: `checksumMismatch`, `malformed`, `nonZeroPadding`, `truncated`, `trailingBytes`.
    /// - Complexity: O(n) in the decoded bytes.
    public func verify(_ advance: (Int) -> Void = { _ in }) throws(PithError) {
        try verify(index.entries.indices, advance)
    }

    /// Decodes every chunk of some tensors, by their numbers in the index, and checks it.
    func verify(_ numbers: Range<Int>, _ advance: (Int) -> Void = { _ in }) throws(PithError) {
        var pending: [TensorRun] = []
        var bytes = 0
        func finish() throws(PithError) {
            try share(pending) { item, reader throws(PithError) in try check(item, reader) }
            advance(bytes)
            pending.removeAll(keepingCapacity: true)
            bytes = 0
        }
        for number in numbers {
            let entry = index.entries[number]
            guard entry.form.encoding == .plain else {
                try finish()
                // What is right in one component depends on another.
                _ = try tensors([number])
                advance(entry.form.decodedBytes)
                continue
            }
            let (runs, paddings) = runs(entry)
            try checkPadding(paddings, entry)
            for run in runs {
                pending.append(TensorRun(tensor: number, run: run))
                bytes += run.decodedBytes
                if bytes >= Self.stepBytes { try finish() }
            }
            // The declared bytes count a tensor in panels once more, row-major.
            bytes += entry.form.decodedBytes - entry.form.components[0].byteCount
        }
        try finish()
    }

    /// Checks what a run of a plain tensor decodes to.
    private func check(_ item: TensorRun, _ reader: ChunkReader) throws(PithError) {
        let entry = index.entries[item.tensor]
        try unsafe read(item.run, entry, reader.stored) { place, bytes throws(PithError) in
            let chunk = try unsafe reader.decoded(place, bytes, of: entry.form.components[place.component])
            try unsafe check(chunk, from: place.decoded.lowerBound, entry)
        }
    }
}
