/// A section that this version does not know, and that may be copied into another file as it is.
public struct OtherSection: Sendable, Hashable {
    /// The four letters; the first and the last are lower-case.
    public var kind: String

    /// What it holds.
    public var bytes: [UInt8]

    /// Creates a section.
    public init(kind: String, bytes: [UInt8]) {
        self.kind = kind
        self.bytes = bytes
    }
}
