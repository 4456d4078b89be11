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
            ByteSource(try OpenFile(path))
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

        /// Reads the bytes of a range into memory of that size.
        ///
        /// - Returns: How many, fewer where the file has become shorter.
        func read(_ range: Range<Int>, into memory: UnsafeMutableBufferPointer<UInt8>) throws(PithError) -> Int {
            guard range.upperBound > head.count else {
                _ = unsafe memory.update(fromContentsOf: head[range])
                return range.count
            }
            return try unsafe Self.read(range, of: descriptor, path, into: memory)
        }

        private static func read(
            _ range: Range<Int>, of descriptor: Int32, _ path: String
        ) throws(PithError) -> [UInt8] {
            var failure: PithError?
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
                do throws(PithError) {
                    count = try unsafe read(range, of: descriptor, path, into: buffer)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            return bytes
        }

        private static func read(
            _ range: Range<Int>, of descriptor: Int32, _ path: String, into memory: UnsafeMutableBufferPointer<UInt8>
        ) throws(PithError) -> Int {
            var count = 0
            while count < range.count {
                let got = unsafe pread(
                    descriptor, memory.baseAddress.map { unsafe $0 + count }, range.count - count,
                    off_t(range.lowerBound + count))
                if got > 0 {
                    count += got
                } else if got == 0 {
                    break
                } else if errno != EINTR {
                    throw PithError.system("cannot read the file", path)
                }
            }
            return count
        }
    }
#endif
