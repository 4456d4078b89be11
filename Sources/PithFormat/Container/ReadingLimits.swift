/// How much a reader accepts, checked against what a file declares before anything is allocated for it.
public struct ReadingLimits: Sendable, Hashable {
    /// Bytes of the file.
    public var fileBytes: UInt64 = 1 << 36
    /// Bytes of all tensors decoded.
    public var decodedBytes: UInt64 = 1 << 36
    /// Peak working memory at batch 1, in bytes.
    public var workingBytes: UInt64 = 1 << 36
    /// Tensors.
    public var tensors = 1 << 20

    /// The default limits: 64 GiB, a million tensors.
    public init() {}
}
