#if canImport(Glibc)
    import Glibc
#endif

/// What becomes of memory that a step frees.
public enum FreedMemory {
    /// Asks the C library to keep freed memory for what is allocated next. A step frees what the next one allocates again;
    /// given back to the system in between, its pages come back one fault at a time.
    ///
    /// For a program to call once, before it trains: it holds for the whole process, whose memory then stays at its peak.
    /// Does nothing where the C library is not glibc.
    public static func keep() {
        #if canImport(Glibc)
            // The module Glibc has no malloc.h.
            typealias Option = @convention(c) (_ parameter: Int32, _ value: Int32) -> Int32
            guard let symbol = unsafe dlsym(nil, "mallopt") else { return }
            let setOption = unsafe unsafeBitCast(symbol, to: Option.self)
            _ = setOption(mmapThreshold, largest)
            _ = setOption(trimThreshold, largest)
        #endif
    }

    /// M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h.
    private static let trimThreshold: Int32 = -1
    private static let mmapThreshold: Int32 = -3
    /// Bytes, more than a step takes.
    private static let largest: Int32 = 1 << 30
}
