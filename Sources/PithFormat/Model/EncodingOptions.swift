/// How a file is written; none of it changes what the file decodes to.
public struct EncodingOptions: Sendable, Hashable {
    /// Whether elements are compressed where that saves at least 1/32.
    public var compresses: Bool

    /// Creates options.
    public init(compresses: Bool = true) { self.compresses = compresses }
}
