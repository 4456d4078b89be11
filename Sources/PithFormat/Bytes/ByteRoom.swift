/// Memory for some bytes, kept from one use to the next. For one thread at a time.
@safe package final class ByteRoom {
    /// Takes so many bytes from memory that stays as long as the closure does; nil when there are too few.
    package typealias Source = (Int) -> UnsafeMutableRawBufferPointer?

    private let source: Source
    private var memory = unsafe UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
    private var isOwn = false

    convenience init() { unsafe self.init(from: { _ in nil }) }

    /// - Parameter source: Where the bytes come from; what it does not give is allocated.
    init(from source: @escaping Source) { unsafe self.source = source }

    deinit { if isOwn { unsafe memory.deallocate() } }

    /// Room for so many bytes. When there were fewer before, of any contents, and what it gave before is no longer valid; else
    /// the same as before.
    func bytes(_ count: Int) -> UnsafeMutableBufferPointer<UInt8> {
        if unsafe memory.count < count {
            if isOwn { unsafe memory.deallocate() }
            // Chunks differ a little in length.
            let capacity = count + count / 8
            let given = unsafe source(capacity)
            isOwn = unsafe given == nil
            unsafe memory = given?.bindMemory(to: UInt8.self) ?? .allocate(capacity: capacity)
        }
        return unsafe UnsafeMutableBufferPointer(rebasing: memory[..<count])
    }
}
