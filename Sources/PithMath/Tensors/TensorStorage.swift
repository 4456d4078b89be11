/// Bytes of a tensor, gone with the last tensor that holds them: memory of its own at a 64-byte boundary, a part of that of a
/// model, or a borrowed part of somebody else's, which nobody writes to.
///
/// This and `WeightMemory` own all raw memory of tensors. A tensor writes only to storage that it alone holds and that is not
/// borrowed.
@safe package final class TensorStorage: @unchecked Sendable {
    /// Who keeps borrowed bytes.
    package typealias Owner = any AnyObject & Sendable

    let pointer: UnsafeMutableRawPointer
    let byteCount: Int
    let isBorrowed: Bool
    private let owner: Owner?

    /// What was allocated, in which the bytes begin at the boundary.
    private let allocation: UnsafeMutableRawPointer?

    /// The boundary, in bytes: a cache line, and the widest vector.
    package static let alignment = 64

    /// Allocates bytes.
    ///
    /// - Parameters:
    ///   - zeroed: Whether they are zero; else who asked writes each of them before it is read.
    ///   - memory: Where they are taken from if there is room.
    init(byteCount: Int, zeroed: Bool = true, in memory: WeightMemory? = nil) {
        self.byteCount = byteCount
        isBorrowed = false
        if let part = unsafe memory?.take(byteCount)?.baseAddress {
            owner = memory
            unsafe allocation = nil
            unsafe pointer = part
        } else {
            owner = nil
            // Aligned by hand: allocators do not find a freed aligned block again for one of the same size.
            let block = UnsafeMutableRawPointer.allocate(
                byteCount: byteCount + Self.alignment, alignment: MemoryLayout<Int>.alignment)
            unsafe allocation = block
            unsafe pointer = block.alignedUp(toMultipleOf: Self.alignment)
        }
        if zeroed { unsafe pointer.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
    }

    init(borrowing bytes: UnsafeRawBufferPointer, from owner: Owner) {
        guard let start = bytes.baseAddress else { preconditionFailure("there are no bytes to borrow") }
        byteCount = bytes.count
        unsafe pointer = UnsafeMutableRawPointer(mutating: start)
        unsafe allocation = nil
        isBorrowed = true
        self.owner = owner
    }

    deinit { unsafe allocation?.deallocate() }

    func copy() -> TensorStorage {
        let other = TensorStorage(byteCount: byteCount, zeroed: false)
        unsafe other.pointer.copyMemory(from: pointer, byteCount: byteCount)
        return other
    }
}
