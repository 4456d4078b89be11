#if !hasFeature(Embedded)
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif
#endif

/// Memory for the matrices of one model, in huge pages where the system gives them to who asks.
///
/// The first touch of a page takes longer than decoding what is put there: a huge page is one fault instead of hundreds. It
/// is there only for as much as fills most of a huge page, so that small models take no more than they need. Parts are
/// taken while one thread loads the model; all is given back with the last who holds it.
@safe package final class WeightMemory: @unchecked Sendable {
    private let allocation: UnsafeMutableRawPointer
    private var rest: UnsafeMutableRawBufferPointer

    /// Bytes of a huge page of x86-64 and of AArch64 with small pages of 4 KiB.
    private static let pageBytes = 1 << 21

    /// How many bytes of the last huge page may be left over; else what would lie there lies in small ones.
    private static let mostUnused = pageBytes / 3

    /// The most that is allocated at once: what does not find room has memory of its own.
    private static let mostBytes = 1 << 30

    /// - Parameter byteCount: How many bytes will be taken.
    /// - Returns: nil where they do not fill most of a huge page, and where there is none.
    package init?(for byteCount: Int) {
        #if !hasFeature(Embedded) && os(Linux)
            let byteCount = min(byteCount, Self.mostBytes)
            let hugeBytes = (byteCount + Self.mostUnused) / Self.pageBytes * Self.pageBytes
            guard hugeBytes > 0 else { return nil }
            let count = max(byteCount, hugeBytes)
            // From the allocator, not from the system: the next model finds the pages of the last one there.
            guard let block = unsafe malloc(count + Self.pageBytes) else { return nil }
            unsafe allocation = block
            let start = unsafe allocation.alignedUp(toMultipleOf: Self.pageBytes)
            unsafe rest = UnsafeMutableRawBufferPointer(start: start, count: count)
            // Where it is refused, they are pages like others.
            _ = unsafe madvise(start, hugeBytes, MADV_HUGEPAGE)
        #else
            return nil
        #endif
    }

    deinit {
        #if !hasFeature(Embedded) && os(Linux)
            unsafe free(allocation)
        #endif
    }

    /// Takes so many bytes at a boundary of a cache line, which stay valid as long as this object; nil when too few are left.
    package func take(_ byteCount: Int) -> UnsafeMutableRawBufferPointer? {
        let padded = (byteCount + TensorStorage.alignment - 1) / TensorStorage.alignment * TensorStorage.alignment
        guard byteCount > 0, unsafe padded <= rest.count else { return nil }
        defer { unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[padded...]) }
        return unsafe UnsafeMutableRawBufferPointer(rebasing: rest[..<byteCount])
    }
}
