#if !hasFeature(Embedded)
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif
    public import PithGraph

    extension ByteSource {
        /// A regular file, of which only the parts that are asked for are read.
        ///
        /// - Throws: `fileNotFound`, `permissionDenied`, `isADirectory`, `inputOutput`.
        public static func file(_ path: String) throws(PithError) -> ByteSource {
            let file = try OpenFile(path)
            return ByteSource(count: file.count) { range throws(PithError) in Array(try file.read(range)) }
        }

        /// A regular file, mapped: its bytes become memory when they are first touched, and not before.
        ///
        /// For files that nobody else writes. When another process truncates the file, touching what is gone stops this
        /// process with SIGBUS; when one changes it, what was verified may no longer hold. `file` has neither fault.
        ///
        /// - Throws: As `file`.
        public static func mapped(_ path: String) throws(PithError) -> ByteSource {
            let file = try OpenFile(path)
            guard let mapping = MappedFile(descriptor: file.descriptor, count: file.count) else {
                throw PithError(.inputOutput, "the system does not map the file", at: .file(path))
            }
            return ByteSource(mapping, file)
        }
    }

    /// A regular file that is open for reading until the last user is gone.
    final class OpenFile: Sendable {
        let descriptor: Int32
        let count: Int
        private let path: String

        /// The file's beginning, where small files have all but their weights: read at once.
        private let head: [UInt8]

        /// With the array's header under 1024 bytes, which allocators have at hand.
        private static let headBytes = 960

        init(_ path: String) throws(PithError) {
            let (descriptor, count) = try FileIO.openRegular(path)
            do throws(PithError) {
                head = try Self.read(0..<min(Self.headBytes, count), of: descriptor, path)
            } catch {
                _ = close(descriptor)
                throw error
            }
            self.descriptor = descriptor
            self.count = count
            self.path = path
        }

        deinit { _ = close(descriptor) }

        /// The bytes of a range, fewer where the file has become shorter.
        func read(_ range: Range<Int>) throws(PithError) -> ArraySlice<UInt8> {
            guard range.upperBound > head.count else { return head[range] }
            return try Self.read(range, of: descriptor, path)[...]
        }

        private static func read(
            _ range: Range<Int>, of descriptor: Int32, _ path: String
        ) throws(PithError) -> [UInt8] {
            var failure: PithError?
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
                while count < range.count {
                    let got = unsafe pread(
                        descriptor, buffer.baseAddress.map { unsafe $0 + count }, range.count - count,
                        off_t(range.lowerBound + count))
                    if got > 0 {
                        count += got
                    } else if got == 0 {
                        return
                    } else if errno != EINTR {
                        failure = PithError.system("cannot read the file", path)
                        return
                    }
                }
            }
            if let failure { throw failure }
            return bytes
        }
    }
#endif
