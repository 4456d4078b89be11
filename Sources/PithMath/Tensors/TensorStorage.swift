/// Bytes of a tensor, gone with the last tensor that holds them: memory of its own at a 64-byte boundary, or a borrowed
/// part of somebody else's, which nobody writes to.
///
/// The one place that owns raw memory. Tensors write only to storage that they alone hold and that is not borrowed.
@safe package final class TensorStorage: @unchecked Sendable {
    /// Who keeps borrowed bytes.
    package typealias Owner = any AnyObject & Sendable

    let pointer: UnsafeMutableRawPointer
    let byteCount: Int
    private let owner: Owner?

    /// The boundary, in bytes: a cache line, and the widest vector.
    package static let alignment = 64

    /// Allocates bytes.
    ///
    /// - Parameter zeroed: Whether they are zero; else who asked writes each of them before it is read.
    init(byteCount: Int, zeroed: Bool = true) {
        self.byteCount = byteCount
        owner = nil
        unsafe pointer = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: Self.alignment)
        if zeroed { unsafe pointer.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
    }

    init(borrowing bytes: UnsafeRawBufferPointer, from owner: Owner) {
        guard let start = bytes.baseAddress else { preconditionFailure("there are no bytes to borrow") }
        byteCount = bytes.count
        unsafe pointer = UnsafeMutableRawPointer(mutating: start)
        self.owner = owner
    }

    deinit { if owner == nil { unsafe pointer.deallocate() } }

    var isBorrowed: Bool { owner != nil }

    func copy() -> TensorStorage {
        let other = TensorStorage(byteCount: byteCount, zeroed: false)
        unsafe other.pointer.copyMemory(from: pointer, byteCount: byteCount)
        return other
    }
}
