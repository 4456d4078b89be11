package import PithGraph

#if !hasFeature(Embedded)
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif
#endif

extension TensorStorage {
    /// Refuses bytes over a limit, and so many where the system does: to allocate them would end the program.
    ///
    /// - Throws: `limitExceeded`.
    package static func checkRoom(for byteCount: Int, limit: UInt64 = .max) throws(PithError) {
        guard byteCount <= limit else {
            throw PithError(
                .limitExceeded, "\(byteCount) bytes of values, over the limit of \(limit)",
                advice: "give smaller inputs, or load with larger limits")
        }
        #if !hasFeature(Embedded) && (os(Linux) || canImport(Darwin))
            guard byteCount > unaskedBytes else { return }
            // Not by the allocator: a compiler takes away what is freed unused.
            let block = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
            guard unsafe block != MAP_FAILED else {
                throw PithError(
                    .limitExceeded, "there are no \(byteCount) bytes of memory", advice: "give smaller inputs")
            }
            unsafe munmap(block, byteCount)
        #endif
    }

    /// Bytes for which the system is not asked beforehand.
    private static let unaskedBytes = 1 << 28
}
