/// How much a reader accepts, checked against what a file declares before anything is allocated for it.
public struct ReadingLimits: Sendable, Hashable {
    /// Bytes of the file.
    public var fileBytes: UInt64 = 1 << 36
    /// Bytes of all tensors decoded, with the components of encoded ones.
    public var decodedBytes: UInt64 = 1 << 36
    /// How many times the bytes of the file those may be, beyond `smallDecodedBytes`: a file that is larger decoded may
    /// be a bomb. Deflate gives at most 1032.
    public var expansion: UInt64 = 1032
    /// Decoded bytes that are never too many for the file.
    public var smallDecodedBytes: UInt64 = 1 << 24
    /// Peak working memory at batch 1, in bytes; then the intermediate values of any one run, and a value whose shape only
    /// a run tells.
    public var workingBytes: UInt64 = 1 << 36
    /// Tensors.
    public var tensors = 1 << 20

    /// The default limits: 64 GiB, a million tensors.
    public init() {}

    /// The most decoded bytes of a file of this length.
    func decodedBytes(ofFile count: Int) -> UInt64 {
        let (product, overflow) = UInt64(count).multipliedReportingOverflow(by: expansion)
        return min(decodedBytes, overflow ? .max : max(product, smallDecodedBytes))
    }
}
