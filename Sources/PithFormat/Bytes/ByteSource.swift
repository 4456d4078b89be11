public import PithGraph

/// The bytes of a file, wherever they are: in memory, or behind a function that reads any part of them.
public struct ByteSource: Sendable {
    /// How many bytes there are.
    public let count: Int

    private let storage: Storage

    private enum Storage: Sendable {
        case memory([UInt8])
        #if !hasFeature(Embedded)
            case file(OpenFile)
            case mapping(MappedFile, OpenFile)
        #endif
        case function(@Sendable (Range<Int>) throws(PithError) -> [UInt8])
    }

    /// Bytes in memory.
    public init(_ bytes: [UInt8]) {
        count = bytes.count
        storage = .memory(bytes)
    }

    /// Bytes that a function reads.
    ///
    /// - Parameters:
    ///   - count: How many there are.
    ///   - read: Gives exactly the bytes of a range within 0..<count; may be called from several threads at once.
    public init(count: Int, read: @escaping @Sendable (Range<Int>) throws(PithError) -> [UInt8]) {
        self.count = count
        storage = .function(read)
    }

    #if !hasFeature(Embedded)
        init(_ file: OpenFile) {
            count = file.count
            storage = .file(file)
        }

        init(_ mapping: MappedFile, _ file: OpenFile) {
            count = mapping.count
            storage = .mapping(mapping, file)
        }
    #endif

    /// The bytes of a range, at whatever positions of the slice.
    func read(_ range: Range<Int>) throws(PithError) -> ArraySlice<UInt8> {
        switch storage {
        case .memory(let bytes): return bytes[range]
        #if !hasFeature(Embedded)
            case .file(let file), .mapping(_, let file): return try Self.check(file.read(range), range)
        #endif
        case .function(let read): return try Self.check(read(range)[...], range)
        }
    }

    private static func check(_ bytes: ArraySlice<UInt8>, _ range: Range<Int>) throws(PithError) -> ArraySlice<UInt8> {
        try check(bytes.count, range)
        return bytes
    }

    private static func check(_ count: Int, _ range: Range<Int>) throws(PithError) {
        guard count == range.count else {
            throw PithError(
                .truncated, "\(count) bytes were read, where \(range.count) are needed",
                at: .byte(UInt64(range.lowerBound)), advice: "get the file again")
        }
    }

    /// Whether the bytes are in memory, or become so when they are touched.
    var isMemory: Bool {
        switch storage {
        case .memory: true
        #if !hasFeature(Embedded)
            case .mapping: true
            case .file: false
        #endif
        case .function: false
        }
    }

    #if !hasFeature(Embedded)
        /// The mapped file, when that is where the bytes are.
        var mapping: MappedFile? { if case .mapping(let mapping, _) = storage { mapping } else { nil } }
    #endif

    /// Calls a closure with the bytes of a range, without a copy where they are in memory.
    ///
    /// - Parameters:
    ///   - inPlace: Whether a mapped file's bytes must be given where they lie; else a few are read, since to touch a page
    ///     for the first time takes longer.
    ///   - room: Where bytes of a file are read to.
    func withBytes(
        _ range: Range<Int>, inPlace: Bool = false, _ room: ByteRoom,
        _ body: (UnsafeBufferPointer<UInt8>) throws(PithError) -> Void
    ) throws(PithError) {
        switch storage {
        case .memory(let bytes):
            try unsafe Self.call(bytes[range], body)
        #if !hasFeature(Embedded)
            case .mapping(let mapping, _) where inPlace || range.count > TensorIndex.unalignedBytes:
                try unsafe body(mapping.bytes(range))
            case .file(let file), .mapping(_, let file):
                let bytes = unsafe room.bytes(range.count)
                try Self.check(try unsafe file.read(range, into: bytes), range)
                try unsafe body(UnsafeBufferPointer(bytes))
        #endif
        case .function:
            try unsafe Self.call(read(range), body)
        }
    }

    private static func call(
        _ bytes: ArraySlice<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws(PithError) -> Void
    ) throws(PithError) {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(PithError) in try unsafe body(bytes) }
    }
}
