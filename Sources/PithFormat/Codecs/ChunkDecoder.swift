import CPithKernels
import PithGraph

/// Decodes chunks one after another, with memory that is kept between them.
@safe final class ChunkDecoder {
    private var planes: UnsafeMutableBufferPointer<UInt8>
    private let tables = UnsafeMutablePointer<UInt64>.allocate(capacity: tableEntries)
    #if hasFeature(Embedded)
        private static let tableEntries = 1
    #else
        private static let tableEntries = Int(PITH_HUFFMAN_ENTRIES)
        private let instructionSet = pith_isa_best()
    #endif

    init() { unsafe planes = .allocate(capacity: 0) }

    deinit {
        unsafe planes.deallocate()
        unsafe tables.deallocate()
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
        guard codec != .stored else {
            guard stored.count == output.count else { throw Self.fault("a chunk is too long or too short", offset) }
            _ = unsafe output.update(fromContentsOf: stored)
            return
        }
        let count = output.count / width
        if unsafe planes.count < output.count {
            unsafe planes.deallocate()
            unsafe planes = .allocate(capacity: output.count)
        }
        unsafe try withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: 8) {
            (list: UnsafeMutableBufferPointer<UnsafePointer<UInt8>?>) throws(PithError) in
            unsafe list.initialize(repeating: nil)
            var position = 0
            for plane in 0..<width {
                let room = unsafe UnsafeMutableBufferPointer(rebasing: planes[(plane * count)..<((plane + 1) * count)])
                unsafe list[plane] = try self.plane(codec, stored, &position, room, offset)
            }
            guard position == stored.count else {
                throw PithError(.trailingBytes, "bytes are left over in a chunk", at: .byte(UInt64(offset + position)))
            }
            unsafe merge(list, into: output, width: width, count: count, rotates: rotates)
        }
    }

    /// Decodes a plane and gives the place of its bytes: in `room`, or in the chunk where they are stored as they are.
    private func plane(
        _ codec: ChunkCodec, _ stored: UnsafeBufferPointer<UInt8>, _ position: inout Int,
        _ room: UnsafeMutableBufferPointer<UInt8>, _ offset: Int
    ) throws(PithError) -> UnsafePointer<UInt8>? {
        let start = offset + position
        guard position < stored.count else { throw Self.early(start) }
        let code = unsafe stored[position]
        position += 1
        var length = 0
        var shift = 0
        while true {
            guard position < stored.count else { throw Self.early(start) }
            let byte = unsafe stored[position]
            position += 1
            guard shift < 28 else { throw Self.fault("a plane is too long", start) }
            length |= Int(byte & 0x7F) << shift
            shift += 7
            guard byte & 0x80 != 0 else {
                guard byte != 0 || shift == 7 else { throw Self.fault("a number is not in its shortest form", start) }
                break
            }
        }
        guard length <= stored.count - position else { throw Self.early(start) }
        let bytes = unsafe UnsafeBufferPointer(rebasing: stored[position..<(position + length)])
        position += length
        switch PlaneMethod(rawValue: code) {
        case .stored:
            guard length == room.count else { throw Self.fault("a plane is too long or too short", start) }
            return bytes.baseAddress
        case .constant:
            guard length == 1 else { throw Self.fault("a constant plane has several bytes or none", start) }
            unsafe room.update(repeating: bytes[0])
        case .huffman:
            guard unsafe huffman(bytes, room) else { throw Self.fault("a Huffman plane is damaged", start) }
        case .deflate:
            guard codec == .deflatedPlanes else { throw Self.fault("a plane is deflated, against its codec", start) }
            try unsafe inflate(bytes, room, start)
        case .arithmetic:
            guard codec == .arithmeticPlanes else {
                throw Self.fault("a plane is arithmetic, against its codec", start)
            }
            guard let symbols = ArithmeticPlane.decode(unsafe Array(bytes)[...], count: room.count) else {
                throw Self.fault("an arithmetic plane is damaged", start)
            }
            _ = unsafe room.update(fromContentsOf: symbols)
        case nil:
            throw PithError(
                .unsupportedFeature, "the method of a plane is not known", at: .byte(UInt64(start)),
                advice: "use a newer version of Pith")
        }
        return unsafe UnsafePointer(room.baseAddress)
    }

    private static func early(_ offset: Int) -> PithError {
        PithError(.truncated, "a chunk ends early", at: .byte(UInt64(offset)))
    }

    /// Reasons are literals, so that an Embedded decoder needs nothing of `String`.
    private static func fault(_ reason: String, _ offset: Int) -> PithError {
        PithError(.malformed, reason, at: .byte(UInt64(offset)))
    }

    #if hasFeature(Embedded)
        private func huffman(_ bytes: UnsafeBufferPointer<UInt8>, _ room: UnsafeMutableBufferPointer<UInt8>) -> Bool {
            guard let symbols = HuffmanPlane.decode(unsafe Array(bytes)[...], count: room.count) else { return false }
            for (index, symbol) in symbols.enumerated() { unsafe room[index] = symbol }
            return true
        }

        private func inflate(
            _ bytes: UnsafeBufferPointer<UInt8>, _ room: UnsafeMutableBufferPointer<UInt8>, _ offset: Int
        ) throws(PithError) {
            throw PithError(
                .unsupportedFeature, "a plane is deflated, which this build cannot read", at: .byte(UInt64(offset)),
                advice: "write the file without zlib")
        }

        private func merge(
            _ planes: UnsafeMutableBufferPointer<UnsafePointer<UInt8>?>,
            into output: UnsafeMutableBufferPointer<UInt8>, width: Int, count: Int, rotates: Bool
        ) {
            let arrays = (0..<width).map { unsafe Array(UnsafeBufferPointer(start: planes[$0], count: count)) }
            for (index, byte) in BytePlanes.merge(arrays, rotates: rotates).enumerated() { unsafe output[index] = byte }
        }
    #else
        private func huffman(_ bytes: UnsafeBufferPointer<UInt8>, _ room: UnsafeMutableBufferPointer<UInt8>) -> Bool {
            unsafe HuffmanPlane.decode(bytes, into: room, tables: tables)
        }

        private func inflate(
            _ bytes: UnsafeBufferPointer<UInt8>, _ room: UnsafeMutableBufferPointer<UInt8>, _ offset: Int
        ) throws(PithError) {
            guard unsafe Deflate.decompress(bytes, into: room) else {
                throw Self.fault("a deflate stream is damaged or of another length", offset)
            }
        }

        private func merge(
            _ planes: UnsafeMutableBufferPointer<UnsafePointer<UInt8>?>,
            into output: UnsafeMutableBufferPointer<UInt8>, width: Int, count: Int, rotates: Bool
        ) {
            unsafe pith_merge_planes(
                instructionSet, output.baseAddress, planes.baseAddress, width, count, rotates ? 1 : 0)
        }
    #endif
}
