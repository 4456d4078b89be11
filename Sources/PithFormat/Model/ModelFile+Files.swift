#if !hasFeature(Embedded)
    public import PithGraph

    extension ModelFile {
        /// Writes the file, whole or not at all: a file beside it is written, synchronised and renamed.
        ///
        /// - Throws: What `encoded` and `FileIO.writeAtomically` throw.
        public func write(to path: String, _ options: EncodingOptions = EncodingOptions()) throws(PithError) {
            do throws(PithError) {
                try FileIO.writeAtomically(encoded(options), to: path)
            } catch {
                throw error.located(in: .file(path))
            }
        }

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
