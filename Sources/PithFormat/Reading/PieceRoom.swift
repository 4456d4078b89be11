/// Decoded bytes of a component, put together until a piece of them is whole.
struct PieceRoom {
    /// Bytes of every piece but the last one.
    let size: Int

    /// How many bytes were given out.
    private(set) var given = 0

    private var filled = 0
    private let room: ByteRoom

    /// Gets a piece and the position of its first byte.
    typealias Receiver = (_ piece: UnsafeBufferPointer<UInt8>, _ first: Int) -> Void

    /// - Parameters:
    ///   - size: At least 1.
    ///   - room: For a piece.
    init(size: Int, _ room: ByteRoom) {
        self.size = size
        self.room = room
    }

    /// Adds bytes that a closure writes: as many as are given to it, at most so many.
    ///
    /// - Returns: How many.
    mutating func add(
        upTo count: Int, _ receive: Receiver, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) -> Int {
        let added = min(count, size - filled)
        let bytes = unsafe room.bytes(size)
        unsafe write(UnsafeMutableBufferPointer(rebasing: bytes[filled..<(filled + added)]))
        filled += added
        if filled == size { unsafe finish(receive) }
        return added
    }

    /// Adds bytes that are there; whole pieces of them are given out where they lie, several at once.
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ receive: Receiver) {
        var done = 0
        while done < bytes.count {
            let left = bytes.count - done
            if filled == 0, left >= size {
                let whole = left / size * size
                unsafe receive(UnsafeBufferPointer(rebasing: bytes[done..<(done + whole)]), given)
                given += whole
                done += whole
            } else {
                done += unsafe add(upTo: left, receive) { target in
                    _ = unsafe target.update(fromContentsOf: bytes[done..<(done + target.count)])
                }
            }
        }
    }

    /// Gives out what there is of a piece.
    mutating func finish(_ receive: Receiver) {
        guard filled > 0 else { return }
        unsafe receive(UnsafeBufferPointer(rebasing: room.bytes(size)[..<filled]), given)
        given += filled
        filled = 0
    }
}
