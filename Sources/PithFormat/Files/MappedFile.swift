#if !hasFeature(Embedded)
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif
    import PithGraph

    /// A file's pages, mapped for reading until the last user is gone.
    @safe final class MappedFile: @unchecked Sendable {
        let count: Int
        private let start: UnsafeRawPointer?

        /// Maps an open file of `count` bytes.
        ///
        /// - Returns: nil when the system refuses.
        init?(descriptor: Int32, count: Int) {
            self.count = count
            guard count > 0 else {
                unsafe start = nil
                return
            }
            guard let pages = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), unsafe pages != MAP_FAILED
            else { return nil }
            unsafe start = UnsafeRawPointer(pages)
        }

        deinit {
            if let start = unsafe start { _ = unsafe munmap(UnsafeMutableRawPointer(mutating: start), count) }
        }

        /// The bytes of a range, valid while this object is.
        func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
            precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range outside the file")
            return unsafe UnsafeBufferPointer(
                start: start?.advanced(by: range.lowerBound).assumingMemoryBound(to: UInt8.self), count: range.count)
        }
    }
#endif
