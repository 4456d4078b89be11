package import PithGraph

/// Reads the tensors of an open file into memory that it is given, each chunk verified as it is read.
///
/// Memory for chunks is kept from one tensor to the next. For one thread at a time.
@safe package final class TensorDecoder {
    private let reader: ModelReader
    private let memory: ByteRoom.Source
    private lazy var chunks = unsafe ChunkReader(from: memory)
    private lazy var piece = unsafe ByteRoom(from: memory)

    /// Creates a decoder.
    ///
    /// - Parameter memory: Where what it works with lies; `workingBytes` is as much as most tensors need.
    package init(_ reader: ModelReader, memory: @escaping ByteRoom.Source) {
        self.reader = reader
        unsafe self.memory = memory
    }

    /// About how many bytes decoding tensors of an open file works with.
    ///
    /// - Parameter largest: The most bytes of one of them.
    package static func workingBytes(_ reader: ModelReader, largest: Int) -> Int {
        2 * min(reader.index.chunkByteCount, largest)
    }

    /// Calls a closure with type and shape of each initializer of an open file that is a matrix of plain elements, but for
    /// those that a mapped file has in panels.
    package static func forEachPlainMatrix(_ reader: ModelReader, _ body: (ElementType, Shape) -> Void) {
        let mayStay = reader.source.isMemory
        for number in 0..<(reader.graph?.initializers.count ?? 0) {
            guard reader.index.entries[number].form.shape.rank == 2,
                !(mayStay && reader.index.entries[number].form.layout != .rowMajor),
                reader.index.entries[number].form.encoding == .plain
            else { continue }
            body(reader.index.entries[number].form.elementType, reader.index.entries[number].form.shape)
        }
    }

    /// How many named tensors there are; their numbers are less, and the graph's initializers are the first of them.
    package var count: Int { reader.index.entries.prefix { !$0.name.isEmpty }.count }

    /// The type of a tensor's elements, decoded.
    package func elementType(_ number: Int) -> ElementType { reader.index.entries[number].form.elementType }

    /// How the elements of a tensor are represented.
    package func encoding(_ number: Int) -> TensorEncoding { reader.index.entries[number].form.encoding }

    /// The order of a tensor's plain elements.
    package func layout(_ number: Int) -> TensorLayout { reader.index.entries[number].form.layout }

    /// Decodes a plain tensor in its own layout.
    ///
    /// - Parameters:
    ///   - number: Below `count`.
    ///   - memory: As many bytes as the tensor has in its layout; all are written, or an error is thrown.
    /// - Throws: Whatever is wrong with the chunks.
    package func decode(_ number: Int, into memory: UnsafeMutableRawBufferPointer) throws(PithError) {
        let entry = reader.index.entries[number]
        let bytes = unsafe memory.bindMemory(to: UInt8.self)
        precondition(entry.form.encoding == .plain && bytes.count == entry.form.components[0].byteCount)
        try unsafe forEachChunk(entry) { place, stored throws(PithError) in
            try unsafe chunks.decode(
                place, stored, of: entry.form.components[0],
                into: UnsafeMutableBufferPointer(rebasing: bytes[place.decoded]))
        }
        try unsafe check(entry, UnsafeRawBufferPointer(memory))
    }

    /// Decodes a plain, row-major tensor piece by piece.
    ///
    /// - Parameters:
    ///   - number: Below `count`.
    ///   - size: Elements of a piece, at least 1; there may be several pieces at once, and the last one may be shorter.
    ///   - receive: Gets the elements, at any address, and the position of the first; they are gone when it returns.
    /// - Throws: Whatever is wrong with the chunks.
    package func forEachPiece(
        of number: Int, size: Int, _ receive: (_ elements: UnsafeRawBufferPointer, _ first: Int) -> Void
    ) throws(PithError) {
        let entry = reader.index.entries[number]
        precondition(entry.form.encoding == .plain && entry.form.layout == .rowMajor)
        let component = entry.form.components[0]
        var pieces = PieceRoom(size: size * component.width, piece)
        func give(_ piece: UnsafeBufferPointer<UInt8>, _ first: Int) {
            unsafe receive(UnsafeRawBufferPointer(piece), first / component.width)
        }
        try unsafe forEachChunk(entry) { place, stored throws(PithError) in
            try unsafe chunks.decode(place, stored, of: component, into: &pieces, give)
        }
        unsafe pieces.finish(give)
    }

    /// Reads a tensor of any encoding.
    package func stored(_ number: Int) throws(PithError) -> StoredTensor { try reader.tensors([number])[0] }

    /// Verifies a tensor that nothing else reads.
    package func verify(_ number: Int) throws(PithError) { try reader.verify(number..<(number + 1)) }

    private func forEachChunk(
        _ entry: TensorIndex.Entry,
        _ body: (ModelReader.Run.Place, UnsafeBufferPointer<UInt8>) throws(PithError) -> Void
    ) throws(PithError) {
        let (runs, paddings) = reader.runs(entry)
        try reader.checkPadding(paddings, entry)
        for run in runs { try unsafe reader.read(run, entry, chunks.stored, body) }
    }

    private func check(_ entry: TensorIndex.Entry, _ bytes: UnsafeRawBufferPointer) throws(PithError) {
        do throws(PithError) {
            try unsafe entry.form.checkElements(bytes)
        } catch {
            throw error.located(
                in: PithError.Location(
                    offset: UInt64(entry.start), section: SectionKind.data.name, tensor: entry.name))
        }
    }
}

#if !hasFeature(Embedded)
    extension TensorDecoder {
        /// The bytes of a plain tensor where the file is mapped, in the tensor's layout, and who keeps them there.
        ///
        /// - Parameters:
        ///   - number: Below `count`.
        ///   - verify: Whether checksums, and what else a reader refuses, are verified; else no byte is touched.
        /// - Returns: nil for a file that is not mapped, a tensor that is encoded or coded, and one that does not begin
        ///   at a multiple of 64 bytes.
        /// - Throws: Whatever is wrong with the chunks.
        package func mapped(
            _ number: Int, verify: Bool
        ) throws(PithError) -> (bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable)? {
            let entry = reader.index.entries[number]
            guard let mapping = reader.source.mapping, let range = reader.placeInFile(entry), !range.isEmpty,
                range.lowerBound % TensorIndex.alignment == 0
            else { return nil }
            let bytes = unsafe UnsafeRawBufferPointer(mapping.bytes(range))
            if verify {
                try unsafe forEachChunk(entry) { _, _ in }
                try unsafe check(entry, bytes)
            }
            return unsafe (bytes, mapping)
        }
    }
#endif
