import PithGraph

/// Decodes chunks of a file's tensors one after another, with memory that is kept between them. For one thread at a time.
@safe final class ChunkReader {
    private let decoder = ChunkDecoder()
    private var room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 0)

    deinit { unsafe room.deallocate() }

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
        if unsafe room.count < place.decoded.count {
            unsafe room.deallocate()
            unsafe room = .allocate(capacity: place.decoded.count)
        }
        let output = unsafe UnsafeMutableBufferPointer(rebasing: room[..<place.decoded.count])
        try unsafe decode(place, stored, of: component, into: output)
        return UnsafeBufferPointer(output)
    }
}
