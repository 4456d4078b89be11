import PithGraph

/// What tensors there are and how their chunks are stored (`spec/FORMAT.md`, "TNSR"). Positions are not stored: chunks
/// follow one another in DATA.
struct TensorIndex {
    /// Decoded bytes of a chunk but a component's last: a power of two.
    var chunkByteCount: Int

    /// The tensors, those of test vectors last.
    var entries: [Entry]

    /// A raw component of more bytes than this starts at a multiple of `alignment` in the file.
    static let unalignedBytes = 4096

    /// See `unalignedBytes`.
    static let alignment = 64

    /// A chunk's checksum is written when it and those before it without one have more stored bytes than this, or at
    /// the tensor's end.
    static let checksumBytes = 4096

    /// A tensor.
    struct Entry {
        var name: String
        var form: TensorForm
        var foreign: ForeignElements?

        /// Of all components, one after another.
        var chunks: [Chunk] = []

        /// Where the first chunk, or the padding before it, begins in the file.
        var start = 0
    }

    /// A part of a component.
    struct Chunk: Hashable {
        var codec: ChunkCodec
        var storedLength: Int

        /// Of the stored bytes of this chunk and of those before it that have none; nil for those.
        var checksum: UInt32?
    }

    /// How many chunks a component has.
    static func chunkCount(_ component: TensorComponent, _ chunkByteCount: Int) -> Int {
        component.byteCount / chunkByteCount + (component.byteCount % chunkByteCount == 0 ? 0 : 1)
    }

    /// Bytes of padding before a component that would begin at `position`.
    static func padding(_ component: TensorComponent, _ chunks: ArraySlice<Chunk>, at position: Int) -> Int {
        guard component.byteCount > unalignedBytes, chunks.allSatisfy({ $0.codec == .stored }) else { return 0 }
        return (alignment - position % alignment) % alignment
    }
}

extension TensorIndex.Entry {
    /// For each component its chunks and the padding before them, when the tensor's bytes begin at `start`.
    func forEachComponent(
        _ chunkByteCount: Int, from start: Int,
        _ body: (_ component: Int, _ padding: Range<Int>, _ chunks: Range<Int>) -> Void
    ) -> Int {
        var position = start
        var first = 0
        for (number, component) in form.components.enumerated() {
            let range = first..<(first + TensorIndex.chunkCount(component, chunkByteCount))
            let padding = TensorIndex.padding(component, chunks[range], at: position)
            body(number, position..<(position + padding), range)
            position += padding
            for chunk in chunks[range] { position += chunk.storedLength }
            first = range.upperBound
        }
        return position
    }

    /// Puts the tensor's bytes at a position in the file.
    ///
    /// - Returns: Where they end.
    mutating func place(at position: Int, _ chunkByteCount: Int) -> Int {
        start = position
        return forEachComponent(chunkByteCount, from: position) { _, _, _ in }
    }

    /// Bytes of the chunks in the file, without padding.
    var storedLength: Int { chunks.reduce(0) { $0 + $1.storedLength } }
}

extension TensorIndex {
    /// Bytes of DATA when it begins at `position`.
    func dataLength(at position: Int) -> Int {
        entries.reduce(position) { $1.forEachComponent(chunkByteCount, from: $0) { _, _, _ in } } - position
    }

    /// Bytes of everything that a reader decodes.
    var decodedBytes: UInt64 { entries.reduce(0) { $0 + UInt64($1.form.decodedBytes) } }
}
