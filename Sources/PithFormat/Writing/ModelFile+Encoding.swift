public import PithGraph

extension ModelFile {
    /// The bytes of the file: the same for the same contents and version of zlib, on any machine.
    ///
    /// The initializers' tensors are written in the graph's order, then the others in their own. A reader with the default
    /// limits reads the file: what it reads before the tensors' bytes was given to it before they were coded.
    ///
    /// - Throws: `invalidArgument` for a role with too little or too much, `invalidGraph` for an initializer without a
    ///   tensor, `typeMismatch`, `shapeMismatch`, `duplicateName`, `invalidName`, `limitExceeded`: whatever a reader
    ///   would refuse.
    /// - Complexity: O(n) in the number of bytes.
    public func encoded(_ options: EncodingOptions = EncodingOptions()) throws(PithError) -> [UInt8] {
        var plan = try WritingPlan(self, tensors.map { StreamedTensor($0) }, options)
        // Coded bytes are seldom more than the others; memory that is not used costs nothing.
        var stored: [UInt8] = []
        stored.reserveCapacity(plan.tensors.reduce(0) { $0 + $1.componentBytes })
        var entries: [TensorIndex.Entry] = []
        repeat {
            stored.removeAll(keepingCapacity: true)
            entries = []
            let encoder = ChunkEncoder(options: plan.options)
            for tensor in plan.tensors { entries.append(try tensor.encode(encoder, to: &stored)) }
        } while plan.mustExpandLess(entries)
        let (start, index) = try plan.start(entries)
        var bytes = start
        bytes.reserveCapacity(start.count + index.dataLength(at: start.count))
        var next = 0
        for entry in index.entries {
            _ = entry.forEachComponent(options.chunkByteCount, from: bytes.count) { _, padding, chunks in
                bytes += repeatElement(0, count: padding.count)
                let end = entry.chunks[chunks].reduce(next) { $0 + $1.storedLength }
                bytes += stored[next..<end]
                next = end
            }
        }
        return bytes
    }
}
