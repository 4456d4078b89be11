public import PithGraph

extension ModelReader {
    /// Calls a closure with a tensor's bytes where they lie, without copying or verifying them.
    ///
    /// For a raw file in memory or mapped: over 4096 bytes begin at a multiple of 64 from the start of the file, and so
    /// in memory where the file is mapped. `verify` or `verify: .everything` tells whether they are sound.
    ///
    /// - Parameters:
    ///   - number: Below `tensorNames.count`.
    ///   - body: Gets the bytes of a plain tensor in its layout; they are gone when it returns.
    /// - Returns: Whether the closure was called; not for a tensor that is encoded or coded, or bytes that a function
    ///   reads.
    /// - Throws: `invalidArgument` for a tensor that is not there, and what `body` throws.
    public func withBytesInPlace(
        ofTensor number: Int, _ body: (UnsafeRawBufferPointer) throws(PithError) -> Void
    ) throws(PithError) -> Bool {
        let entry = index.entries[try checked(number)]
        guard source.isMemory, let range = placeInFile(entry) else { return false }
        try unsafe source.withBytes(range, inPlace: true, ByteRoom()) { bytes throws(PithError) in
            try unsafe body(UnsafeRawBufferPointer(bytes))
        }
        return true
    }

    /// Where a plain tensor lies as it is in memory, nil for one that is encoded or coded.
    func placeInFile(_ entry: TensorIndex.Entry) -> Range<Int>? {
        guard entry.form.encoding == .plain, entry.chunks.allSatisfy({ $0.codec == .stored }),
            entry.chunks.dropLast().allSatisfy({ $0.storedLength == index.chunkByteCount }),
            entry.storedLength == entry.form.components[0].byteCount
        else { return nil }
        var start = entry.start
        _ = entry.forEachComponent(index.chunkByteCount, from: start) { _, padding, _ in start = padding.upperBound }
        return start..<(start + entry.storedLength)
    }
}
