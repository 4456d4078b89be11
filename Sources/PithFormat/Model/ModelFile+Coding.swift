public import PithGraph

extension ModelFile {
    /// The file's bytes; equal contents and options give equal bytes with one version of zlib.
    ///
    /// - Throws: `invalidArgument`, `duplicateName`, `invalidName`, `typeMismatch`, `shapeMismatch` for contents that
    ///   the format does not allow, located at the tensor; `limitExceeded`.
    /// - Complexity: O(n) in the number of bytes.
    public func encoded(_ options: EncodingOptions = EncodingOptions()) throws(PithError) -> [UInt8] {
        throw PithError(.unsupportedOperation, "not yet")
    }

    /// Reads a file's bytes and checks every one of them.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - role: The role that the caller can use; nil for any.
    ///   - limits: What is accepted, checked before anything is allocated.
    /// - Throws: Every code of a bad file (`spec/FORMAT.md`, "Errors"), with section, offset and tensor.
    /// - Complexity: O(n) in the number of stored and decoded bytes.
    public static func decode(
        _ bytes: [UInt8], expecting role: FileRole? = nil, limits: ReadingLimits = ReadingLimits()
    ) throws(PithError) -> ModelFile {
        throw PithError(.unsupportedOperation, "not yet")
    }
}
