import PithGraph

/// Decodes chunks of a file's tensors one after another, with memory that is kept between them. For one thread at a time.
@safe final class ChunkReader {
    private let decoder: ChunkDecoder
    private let room: ByteRoom

    /// For bytes of the file.
    let stored: ByteRoom

    convenience init() { unsafe self.init(from: { _ in nil }) }

    /// - Parameter source: Where its memory comes from.
    init(from source: @escaping ByteRoom.Source) {
        unsafe decoder = ChunkDecoder(from: source)
        unsafe room = ByteRoom(from: source)
        unsafe stored = ByteRoom(from: source)
    }

    /// Decodes a chunk into all of `output`.
    func decode(
        _ place: ModelReader.Run.Place, _ stored: UnsafeBufferPointer<UInt8>, of component: TensorComponent,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(PithError) {
        try unsafe decoder.decode(
            place.codec, stored, into: output, width: component.width, rotates: component.isFloatingPoint,
            offset: place.stored.lowerBound)
    }

    /// A chunk decoded, until the next call: where it is stored when it is stored as it is.
    func decoded(
        _ place: ModelReader.Run.Place, _ stored: UnsafeBufferPointer<UInt8>, of component: TensorComponent
    ) throws(PithError) -> UnsafeBufferPointer<UInt8> {
        guard place.codec != .stored || stored.count != place.decoded.count else { return unsafe stored }
        let output = unsafe room.bytes(place.decoded.count)
        try unsafe decode(place, stored, of: component, into: output)
        return UnsafeBufferPointer(output)
    }

    /// Decodes a chunk into pieces, which are given out as they become whole.
    func decode(
        _ place: ModelReader.Run.Place, _ stored: UnsafeBufferPointer<UInt8>, of component: TensorComponent,
        into pieces: inout PieceRoom, _ receive: PieceRoom.Receiver
    ) throws(PithError) {
        guard place.codec != .stored || stored.count != place.decoded.count else {
            return unsafe pieces.add(stored, receive)
        }
        try unsafe decoder.decode(
            place.codec, stored, count: place.decoded.count, width: component.width,
            rotates: component.isFloatingPoint, offset: place.stored.lowerBound, into: &pieces, receive)
    }
}
