/// How a file is written; none of it changes what the file decodes to, nor its identity.
public struct EncodingOptions: Sendable, Hashable {
    /// How hard to compress.
    public var level: Level

    /// Whether planes may be deflated, which a reader without zlib cannot read.
    public var usesDeflate: Bool

    /// Decoded bytes of a chunk: a power of two in `chunkSizes`. Small chunks make parts of a tensor quicker to read.
    public var chunkByteCount: Int

    /// Whether no chunk is coded in so few bytes that a file of such chunks is refused as a bomb (`ReadingLimits`).
    var expandsLess = false

    /// How hard to compress.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        /// Not at all.
        case stored
        /// What decodes fast, where it saves at least 1/32.
        case standard
        /// The smallest of everything there is.
        case thorough
    }

    /// The least and greatest size of a chunk.
    public static let chunkSizes = 1 << 12...1 << 22

    /// Creates options.
    public init(level: Level = .standard, usesDeflate: Bool = true, chunkByteCount: Int = 1 << 18) {
        self.level = level
        self.usesDeflate = usesDeflate
        self.chunkByteCount = chunkByteCount
    }

    /// Creates options for elements that are compressed where that saves at least 1/32, or not at all.
    public init(compresses: Bool) { self.init(level: compresses ? .standard : .stored) }
}
