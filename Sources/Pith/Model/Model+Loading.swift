public import PithFormat
public import PithGraph

extension Model {
    /// Loads a model from a file.
    ///
    /// By default the file is read, and every byte of it verified. Both can be given up for speed:
    ///
    /// - `mapped: true` maps the file instead of reading it. Weights that lie in it as the kernels want them (matrices in
    ///   panels by `pith repack --level stored --layout panels`, other tensors row by row, none of them compressed) then stay
    ///   there: they take no memory of their own, are shared with every process that maps the file, and come from the
    ///   disk when a run first touches them. **Only for files that nobody else writes:** when another process truncates
    ///   the file, touching what is gone stops this process with SIGBUS, which no error handling catches; when one
    ///   overwrites it in place, what was verified no longer holds and results change. Replacing the file by renaming
    ///   another over it, as every tool of Pith does, is safe: the mapping keeps the old one.
    /// - `verify: .directoryOnly` verifies header, graph, index and metadata, and of the chunks those that loading reads.
    ///   Weights that stay in a mapped file are not among them: damage there gives wrong results, never a crash. The
    ///   test vectors are left in the file.
    ///
    /// - Parameters:
    ///   - path: A regular file.
    ///   - mapped: Whether to map the file.
    ///   - verify: What is verified.
    ///   - limits: How much to accept; what the file declares is checked against it before anything is allocated.
    /// - Throws: `PithError` with the place in the file; `wrongRole` for a checkpoint.
    /// - Complexity: O(n) in the bytes of the file and of the weights; O(n) in the graph and the number of chunks where
    ///   the weights stay in a mapped file and `verify` is `.directoryOnly`.
    public init(
        contentsOf path: String, mapped: Bool = false, verify: ReadingOptions.Verification = .everything,
        limits: ReadingLimits = ReadingLimits()
    ) throws(PithError) {
        #if hasFeature(Embedded)
            throw PithError(.unsupportedOperation, "this build has no files", at: .file(path))
        #else
            do throws(PithError) {
                try self.init(mapped ? .mapped(path) : .file(path), verify: verify, limits: limits)
            } catch {
                throw error.located(in: .file(path))
            }
        #endif
    }

    /// Loads a model from the bytes of a file, which it does not keep.
    ///
    /// - Throws: As `init(contentsOf:)`.
    public init(
        bytes: [UInt8], verify: ReadingOptions.Verification = .everything, limits: ReadingLimits = ReadingLimits()
    ) throws(PithError) {
        try self.init(ByteSource(bytes), verify: verify, limits: limits)
    }

    /// Loads a model from wherever the bytes of a file are, for example behind a function that reads any part of them.
    ///
    /// - Throws: As `init(contentsOf:)`.
    public init(
        _ source: ByteSource, verify: ReadingOptions.Verification = .everything,
        limits: ReadingLimits = ReadingLimits()
    ) throws(PithError) {
        let options = ReadingOptions(limits: limits, verify: verify)
        try self.init(ModelReader(unverified: source, expecting: .model, options: options), verify: verify)
    }
}
