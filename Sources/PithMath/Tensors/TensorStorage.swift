/// Bytes of a tensor at a 64-byte boundary, freed with the last tensor that holds them.
///
/// The one place that owns raw memory. Tensors write only to storage that they alone hold.
@safe final class TensorStorage: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let byteCount: Int

    /// The boundary, in bytes: a cache line, and the widest vector.
    static let alignment = 64

    /// Allocates bytes.
    ///
    /// - Parameter zeroed: Whether they are zero; else who asked writes each of them before it is read.
    init(byteCount: Int, zeroed: Bool = true) {
        self.byteCount = byteCount
        unsafe pointer = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: Self.alignment)
        if zeroed { unsafe pointer.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
    }

    deinit { unsafe pointer.deallocate() }

    func copy() -> TensorStorage {
        let other = TensorStorage(byteCount: byteCount, zeroed: false)
        unsafe other.pointer.copyMemory(from: pointer, byteCount: byteCount)
        return other
    }
}
