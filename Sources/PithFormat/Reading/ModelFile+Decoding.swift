public import PithGraph

extension ModelFile {
    /// Decodes a file that lies in memory, everything in it verified.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - role: The role it must have, or nil for any.
    ///   - limits: How much to accept; what the file declares is checked against them before anything is allocated.
    ///   - parallel: Shares the decoding of chunks among threads; nil for the caller's alone.
    /// - Throws: `PithError` with the byte offset, section, tensor or node.
    /// - Complexity: O(n) in the decoded bytes.
    public static func decode(
        _ bytes: [UInt8], expecting role: FileRole? = nil, limits: ReadingLimits = ReadingLimits(),
        parallel: ReadingOptions.ParallelFor? = nil
    ) throws(PithError) -> ModelFile {
        let options = ReadingOptions(limits: limits, parallel: parallel)
        return try ModelReader(unverified: ByteSource(bytes), expecting: role, options: options).contents()
    }
}

#if !hasFeature(Embedded)
    extension ModelFile {
        /// Reads a file and checks every byte of it.
        ///
        /// - Throws: What `FileIO.read` and `decode` throw, located in the file.
        public static func read(
            from path: String, expecting role: FileRole? = nil, limits: ReadingLimits = ReadingLimits(),
            parallel: ReadingOptions.ParallelFor? = nil
        ) throws(PithError) -> ModelFile {
            do throws(PithError) {
                let bytes = try FileIO.read(path: path, limit: Int(clamping: limits.fileBytes))
                return try decode(bytes, expecting: role, limits: limits, parallel: parallel)
            } catch {
                throw error.located(in: .file(path))
            }
        }
    }
#endif
