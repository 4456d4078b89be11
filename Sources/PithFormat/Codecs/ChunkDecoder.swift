import CPithKernels
import PithGraph

/// Decodes chunks one after another, with memory that is kept between them.
///
/// Planes are decoded side by side, some blocks of each at a time, and put together, so that they never leave the cache.
@safe package final class ChunkDecoder {
    private let room: ByteRoom
    private let planes = UnsafeMutablePointer<Plane>.allocate(capacity: mostPlanes)
    private let sources = UnsafeMutablePointer<UnsafePointer<UInt8>?>.allocate(capacity: mostPlanes)
    #if !hasFeature(Embedded)
        private let tables: ByteRoom
        private let instructionSet = pith_isa_best()
    #endif

    #if hasFeature(Embedded)
        private static let partSymbols = HuffmanPlane.blockSymbols
    #else
        /// Symbols of a plane that are decoded at a time: those of two blocks.
        private static let partSymbols = Int(PITH_HUFFMAN_SYMBOLS)
    #endif

    /// Where in the chunk the last fault is.
    private var faultOffset = 0

    /// Bytes of the widest element.
    private static let mostPlanes = 8

    /// A plane of the chunk.
    @safe private struct Plane {
        var method: PlaneMethod
        /// What is left of its stored bytes.
        var bytes: UnsafeBufferPointer<UInt8>
        /// Where it begins in the chunk, for errors.
        var offset: Int
        /// Where its symbols are decoded to: all of them, or those of a part.
        var room: UnsafeMutableBufferPointer<UInt8>
    }

    package convenience init() { unsafe self.init(from: { _ in nil }) }

    /// - Parameter source: Where its memory comes from.
    init(from source: @escaping ByteRoom.Source) {
        unsafe room = ByteRoom(from: source)
        #if !hasFeature(Embedded)
            unsafe tables = ByteRoom(from: source)
        #endif
    }

    deinit {
        unsafe planes.deallocate()
        unsafe sources.deallocate()
    }

    /// Decodes a chunk into all of `output`.
    ///
    /// - Parameters:
    ///   - width: Bytes of an element, which divide the output.
    ///   - offset: Of the chunk in the file, for errors.
    func decode(
        _ codec: ChunkCodec, _ stored: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>,
        width: Int, rotates: Bool, offset: Int
    ) throws(PithError) {
        do throws(ChunkFault) {
            try unsafe decode(codec, stored, into: output, width: width, rotates: rotates)
        } catch {
            throw error.described(at: offset + faultOffset)
        }
    }

    /// Decodes a chunk of so many bytes into pieces, which are given out as they become whole.
    func decode(
        _ codec: ChunkCodec, _ stored: UnsafeBufferPointer<UInt8>, count: Int, width: Int, rotates: Bool, offset: Int,
        into pieces: inout PieceRoom, _ receive: PieceRoom.Receiver
    ) throws(PithError) {
        faultOffset = 0
        do throws(ChunkFault) {
            guard codec != .stored else { throw .chunkLength }
            try unsafe decodePlanes(codec, stored, count: count / width, width: width) { part in
                var done = 0
                while done < part.count {
                    let added = unsafe pieces.add(upTo: (part.count - done) * width, receive) { target in
                        unsafe merge(into: target, width: width, rotates: rotates)
                    }
                    done += added / width
                }
            }
        } catch {
            throw error.described(at: offset + faultOffset)
        }
    }

    /// The same, with faults that have no text: all the code of a decoder that has little room.
    ///
    /// - Throws: A fault, whose place in the chunk `faultOffset` tells.
    package func decode(
        _ codec: ChunkCodec, _ stored: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>,
        width: Int, rotates: Bool
    ) throws(ChunkFault) {
        faultOffset = 0
        guard codec != .stored else {
            guard stored.count == output.count else { throw .chunkLength }
            _ = unsafe output.update(fromContentsOf: stored)
            return
        }
        try unsafe decodePlanes(codec, stored, count: output.count / width, width: width) { part in
            unsafe merge(
                into: UnsafeMutableBufferPointer(
                    rebasing: output[(part.lowerBound * width)..<(part.upperBound * width)]),
                width: width, rotates: rotates)
        }
    }

    /// Decodes the planes of so many elements part by part.
    ///
    /// - Parameter body: Gets the elements of a part, whose planes `sources` has.
    private func decodePlanes(
        _ codec: ChunkCodec, _ stored: UnsafeBufferPointer<UInt8>, count: Int, width: Int,
        _ body: (_ part: Range<Int>) -> Void
    ) throws(ChunkFault) {
        var position = 0
        for number in 0..<width {
            faultOffset = position
            unsafe (planes + number).initialize(to: try Self.plane(codec, stored, &position))
        }
        faultOffset = position
        guard position == stored.count else { throw .leftOver }
        share(width, count)
        for number in 0..<width { try unsafe begin(&planes[number], count) }
        for start in stride(from: 0, to: count, by: Self.partSymbols) {
            let part = start..<min(start + Self.partSymbols, count)
            for number in 0..<width { unsafe sources[number] = try symbols(&planes[number], part) }
            body(part)
        }
        for number in 0..<width {
            let plane = unsafe planes[number]
            faultOffset = plane.offset
            guard unsafe plane.method != .huffman || plane.bytes.isEmpty else { throw .damaged }
        }
    }

    /// Puts the next elements of the part together, as many as there is room for.
    private func merge(into output: UnsafeMutableBufferPointer<UInt8>, width: Int, rotates: Bool) {
        let count = output.count / width
        unsafe mergePlanes(into: output, width: width, count: count, rotates: rotates)
        for number in 0..<width { unsafe sources[number] = sources[number].map { unsafe $0 + count } }
    }

    /// Gives each plane its part of the memory.
    private func share(_ width: Int, _ count: Int) {
        let part = min(count, Self.partSymbols)
        func need(_ number: Int) -> Int { unsafe planes[number].method.room(forAll: count, forPart: part) }
        let all = (0..<width).reduce(0) { $0 + need($1) }
        let room = unsafe room.bytes(all)
        var start = 0
        for number in 0..<width {
            unsafe planes[number].room = UnsafeMutableBufferPointer(rebasing: room[start..<(start + need(number))])
            start += need(number)
        }
    }

    /// Reads what stands before a plane's bytes.
    private static func plane(
        _ codec: ChunkCodec, _ stored: UnsafeBufferPointer<UInt8>, _ position: inout Int
    ) throws(ChunkFault) -> Plane {
        let start = position
        func next() throws(ChunkFault) -> UInt8 {
            guard position < stored.count else { throw .early }
            defer { position += 1 }
            return unsafe stored[position]
        }
        let code = try next()
        var length = 0
        var shift = 0
        while true {
            let byte = try next()
            guard shift < 28 else { throw .planeTooLong }
            length |= Int(byte & 0x7F) << shift
            shift += 7
            guard byte & 0x80 != 0 else {
                guard byte != 0 || shift == 7 else { throw .longNumber }
                break
            }
        }
        guard length <= stored.count - position else { throw .early }
        let bytes = unsafe UnsafeBufferPointer(rebasing: stored[position..<(position + length)])
        position += length
        guard let method = PlaneMethod(rawValue: code) else { throw .unknownMethod }
        guard method.isAllowed(in: codec) else { throw .otherCodec }
        return unsafe Plane(
            method: method, bytes: bytes, offset: start, room: UnsafeMutableBufferPointer(start: nil, count: 0))
    }

    /// Does what is done once for a plane of so many symbols.
    private func begin(_ plane: inout Plane, _ count: Int) throws(ChunkFault) {
        faultOffset = plane.offset
        switch plane.method {
        case .huffman: break
        case .stored: guard unsafe plane.bytes.count == count else { throw .planeLength }
        case .constant:
            guard unsafe plane.bytes.count == 1 else { throw .constantLength }
            unsafe plane.room.update(repeating: plane.bytes[0])
        case .deflate: try inflate(plane)
        case .arithmetic:
            guard unsafe ArithmeticPlane.decode(plane.bytes, into: plane.room) else { throw .damaged }
        }
    }

    /// Where the symbols of a part stand, decoded: in the plane's memory, or in the chunk where they are stored as they
    /// are.
    private func symbols(_ plane: inout Plane, _ part: Range<Int>) throws(ChunkFault) -> UnsafePointer<UInt8>? {
        switch plane.method {
        case .stored: return unsafe plane.bytes.baseAddress.map { unsafe $0 + part.lowerBound }
        case .constant: return unsafe UnsafePointer(plane.room.baseAddress)
        case .deflate, .arithmetic:
            return unsafe plane.room.baseAddress.map { unsafe UnsafePointer($0 + part.lowerBound) }
        case .huffman:
            let output = unsafe UnsafeMutableBufferPointer(rebasing: plane.room[..<part.count])
            let taken = unsafe decodeBlocks(plane.bytes, into: output)
            faultOffset = plane.offset
            guard taken > 0 else { throw .damaged }
            unsafe plane.bytes = UnsafeBufferPointer(rebasing: plane.bytes[taken...])
            return unsafe UnsafePointer(output.baseAddress)
        }
    }

    #if hasFeature(Embedded)
        private func decodeBlocks(
            _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
        ) -> Int {
            unsafe HuffmanPlane.decodeBlock(bytes, into: output)
        }

        private func inflate(_ plane: Plane) throws(ChunkFault) { throw .deflated }

        private func mergePlanes(
            into output: UnsafeMutableBufferPointer<UInt8>, width: Int, count: Int, rotates: Bool
        ) {
            for plane in 0..<width {
                guard let own = unsafe sources[plane], let above = unsafe sources[(plane + 1) % width] else { return }
                for index in 0..<count {
                    unsafe output[index * width + plane] = BytePlanes.merged(own[index], above[index], rotates)
                }
            }
        }
    #else
        private func decodeBlocks(
            _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
        ) -> Int {
            let room = unsafe UnsafeMutableRawBufferPointer(tables.bytes(Int(PITH_HUFFMAN_ENTRIES) * 8))
            return unsafe pith_huffman_decode(
                output.baseAddress, output.count, bytes.baseAddress, bytes.count,
                room.bindMemory(to: UInt64.self).baseAddress)
        }

        private func inflate(_ plane: Plane) throws(ChunkFault) {
            guard unsafe Deflate.decompress(plane.bytes, into: plane.room) else { throw .damaged }
        }

        private func mergePlanes(
            into output: UnsafeMutableBufferPointer<UInt8>, width: Int, count: Int, rotates: Bool
        ) {
            unsafe pith_merge_planes(instructionSet, output.baseAddress, sources, width, count, rotates ? 1 : 0)
        }
    #endif
}
