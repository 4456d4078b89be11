#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Floats between two pages that nobody may touch: a kernel that reads or writes outside of them crashes.
///
/// The floats end where the page behind them begins, or begin where the page before them ends.
@safe final class GuardedFloats {
    private let pages: UnsafeMutableRawPointer
    private let size: Int
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    init(_ values: [Float], atEnd: Bool = true) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let bytes = values.count * MemoryLayout<Float>.stride
        let inner = (bytes + page - 1) / page * page
        size = inner + 2 * page
        guard
            let mapped = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            unsafe mapped != MAP_FAILED,
            unsafe mprotect(mapped, page, PROT_NONE) == 0,
            unsafe mprotect(mapped + page + inner, page, PROT_NONE) == 0
        else { preconditionFailure("no memory") }
        unsafe pages = mapped
        let start = unsafe mapped + page + (atEnd ? inner - bytes : 0)
        unsafe pointer = start.bindMemory(to: Float.self, capacity: max(values.count, 1))
        count = values.count
        for (index, value) in values.enumerated() { unsafe pointer[index] = value }
    }

    convenience init(untouched count: Int, atEnd: Bool = true) {
        self.init([Float](repeating: untouched, count: count), atEnd: atEnd)
    }

    var floats: [Float] { (0..<count).map { unsafe pointer[$0] } }

    deinit { unsafe munmap(pages, size) }
}
