#if Conversion
    import PithData
    import PithGraph

    /// NumPy's `.npz`: a zip archive of `.npy` files.
    enum NpzFile {
        private static let suffix = ".npy"

        /// Whether an archive is one: all its members are arrays.
        static func isNpz(_ archive: ZipArchive) -> Bool {
            !archive.members.isEmpty && archive.members.allSatisfy { $0.name.hasSuffix(suffix) }
        }

        /// The arrays, named as their members without `.npy`; those of types that Pith has not are left out with the
        /// reason.
        ///
        /// - Throws: What `NpyHeader.read` throws for a damaged member.
        static func read(_ archive: ZipArchive, sourceBytes: Int) throws(PithError) -> SourceWeights {
            var weights = SourceWeights([])
            for member in archive.members {
                let name = String(member.name.dropLast(suffix.count))
                do throws(PithError) {
                    let header = try NpyHeader(archive.prefix(of: member, length: NpyHeader.longest), carries: true)
                    try header.checkLength(of: member.byteCount)
                    let contents: SourceTensor.Contents =
                        if member.isStored, header.isRowMajor {
                            .parts { part throws(PithError) in
                                try archive.storedBytes(
                                    of: member,
                                    (header.byteCount + part.lowerBound)..<(header.byteCount + part.upperBound))
                            }
                        } else {
                            .whole { () throws(PithError) in
                                header.rowMajor(Array(try archive.bytes(of: member)[header.byteCount...]))
                            }
                        }
                    weights.tensors.append(try SourceTensor(name: name, header, contents))
                } catch  where error.code == .unsupportedFeature {
                    weights.omitted.append(error.located(in: .tensor(name)))
                } catch {
                    throw error.located(in: .tensor(name))
                }
            }
            return try weights.checked(sourceBytes: sourceBytes)
        }
    }
#endif
