import PithGraph

/// Codes a tensor's chunks one after another and notes them for the index.
struct TensorWriter {
    private(set) var entry: TensorIndex.Entry
    private let encoder: ChunkEncoder
    private let chunkByteCount: Int
    private let mostExpansion: Double
    private var component = 0
    private var done = 0
    private var checksum: UInt32 = 0
    private var pending = 0

    /// - Parameter entry: Without chunks.
    init(_ entry: TensorIndex.Entry, _ encoder: ChunkEncoder) {
        self.entry = entry
        self.encoder = encoder
        let (form, options) = (entry.form, encoder.options)
        chunkByteCount = options.chunkByteCount
        // What is decoded beside the components themselves must not expand too much either.
        let components = form.components.reduce(0) { $0 + $1.byteCount }
        mostExpansion =
            options.expandsLess
            ? Double(ReadingLimits().expansion) * Double(components) / Double(max(form.decodedBytes, 1)) : .infinity
        skipEmpty()
    }

    private mutating func skipEmpty() {
        let components = entry.form.components
        while component < components.count, components[component].byteCount == 0 { component += 1 }
    }

    /// Codes the next chunk of the components, in order.
    ///
    /// - Parameters:
    ///   - chunk: As long as a chunk is, or as what is left of the component.
    ///   - output: What is stored of it is appended.
    mutating func add(_ chunk: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let form = entry.form.components[component]
        let start = output.count
        let codec = encoder.encode(
            chunk, width: form.width, rotates: form.isFloatingPoint, mostExpansion: mostExpansion, into: &output)
        checksum = unsafe output.withUnsafeBufferPointer { bytes in
            unsafe Checksum.of(UnsafeBufferPointer(rebasing: bytes[start...]), after: checksum)
        }
        note(codec, decoded: chunk.count, stored: output.count - start)
    }

    /// Notes the next chunk as it will be when it is stored as it is, but for its checksum.
    mutating func skip(_ byteCount: Int) { note(.stored, decoded: byteCount, stored: byteCount) }

    private mutating func note(_ codec: ChunkCodec, decoded: Int, stored: Int) {
        pending += stored
        done += decoded
        if done == entry.form.components[component].byteCount {
            component += 1
            done = 0
            skipEmpty()
        }
        var noted = TensorIndex.Chunk(codec: codec, storedLength: stored, checksum: nil)
        if pending > TensorIndex.checksumBytes || component == entry.form.components.count {
            noted.checksum = checksum
            checksum = 0
            pending = 0
        }
        entry.chunks.append(noted)
    }
}
