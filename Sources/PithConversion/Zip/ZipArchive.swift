#if Conversion
    import CLibZip
    import PithGraph
    import Synchronization

    /// A zip archive, read by libzip after its declarations have been checked: no overlapping or encrypted members, no
    /// names that leave the archive's folder, none twice, and not far more bytes unpacked than packed.
    ///
    /// libzip's handle belongs to one thread at a time; the lock sees to that.
    @safe final class ZipArchive: Sendable {
        /// A member.
        struct Member: Sendable {
            let name: String
            let byteCount: Int
            /// Whether the bytes lie in the archive as they are.
            let isStored: Bool
            fileprivate let index: UInt64
            /// Where the member begins in the archive.
            fileprivate let localHeader: Int
        }

        /// The members, folders left out, in the archive's order.
        let members: [Member]

        private let positions: [String: Int]
        private let handle: Mutex<Handle>
        private let file: SourceFile
        /// Where the bytes of members lie that are stored as they are, once their checksum has been compared.
        private let ranges = Mutex<[UInt64: Range<Int>]>([:])

        /// Owns libzip's handle and, for an archive in memory, the bytes that it reads.
        @safe private struct Handle: @unchecked Sendable {
            let archive: OpaquePointer
            let memory: UnsafeMutableRawPointer?
        }

        /// Opens an archive.
        ///
        /// - Throws: `malformed`, `truncated`, `limitExceeded`, `duplicateName`, `invalidName`, `unsupportedFeature`.
        init(_ file: SourceFile) throws(PithError) {
            let localHeaders = try ZipLayout.localHeaders(of: file)
            let opened = try Self.open(file)
            do throws(PithError) {
                members = try unsafe Self.members(opened.archive, localHeaders, sourceBytes: file.count)
                var positions: [String: Int] = [:]
                for (position, member) in members.enumerated() {
                    guard positions.updateValue(position, forKey: member.name) == nil else {
                        throw PithError(.duplicateName, "two members of the archive are named '\(member.name)'")
                    }
                }
                self.positions = positions
            } catch {
                unsafe zip_discard(opened.archive)
                unsafe opened.memory?.deallocate()
                throw error.located(in: file.place)
            }
            handle = Mutex(opened)
            self.file = file
        }

        deinit {
            handle.withLock { handle in
                unsafe zip_discard(handle.archive)
                unsafe handle.memory?.deallocate()
            }
        }

        /// The member with a name.
        func member(named name: String) -> Member? { positions[name].map { members[$0] } }

        /// Unpacks a member; its checksum is compared.
        ///
        /// - Throws: `checksumMismatch`.
        func bytes(of member: Member) throws(PithError) -> [UInt8] {
            try unpack(member, member.byteCount)
        }

        /// The bytes at the start of a member, fewer where it is shorter.
        ///
        /// - Throws: `checksumMismatch`.
        func prefix(of member: Member, length: Int) throws(PithError) -> [UInt8] {
            try unpack(member, min(length, member.byteCount))
        }

        /// Bytes of a member that is stored as it is, whose checksum is compared before the first of them.
        ///
        /// - Throws: `checksumMismatch`, `malformed`, `truncated` for a range that leaves the member.
        func storedBytes(of member: Member, _ range: Range<Int>) throws(PithError) -> [UInt8] {
            let whole: Range<Int>
            if let known = ranges.withLock({ $0[member.index] }) {
                whole = known
            } else {
                whole = try ZipLayout.data(of: file, localHeader: member.localHeader, count: member.byteCount)
                guard isUndamaged(member) else { throw damaged(member) }
                ranges.withLock { $0[member.index] = whole }
            }
            guard range.upperBound <= whole.count else {
                throw PithError(.truncated, "the member '\(member.name)' of the archive ends early", at: file.place)
            }
            return try file.bytes((whole.lowerBound + range.lowerBound)..<(whole.lowerBound + range.upperBound))
        }

        /// Reads a member to its end, where libzip compares the checksum.
        private func isUndamaged(_ member: Member) -> Bool {
            handle.withLock { handle in
                guard let stream = unsafe zip_fopen_index(handle.archive, member.index, 0) else { return false }
                defer { unsafe zip_fclose(stream) }
                var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
                var total = 0
                while true {
                    let got = unsafe buffer.withUnsafeMutableBytes { buffer in
                        unsafe zip_fread(stream, buffer.baseAddress, UInt64(buffer.count))
                    }
                    guard got > 0 else { return got == 0 && total == member.byteCount }
                    total += Int(got)
                }
            }
        }

        private static let bufferBytes = 1 << 18

        private func damaged(_ member: Member) -> PithError {
            PithError(
                .checksumMismatch, "the member '\(member.name)' of the archive is damaged", at: file.place,
                advice: "get the file again")
        }

        private func unpack(_ member: Member, _ count: Int) throws(PithError) -> [UInt8] {
            let result: (bytes: [UInt8], isRight: Bool) = handle.withLock { handle in
                guard let stream = unsafe zip_fopen_index(handle.archive, member.index, 0) else { return ([], false) }
                defer { unsafe zip_fclose(stream) }
                var isRight = true
                let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
                    while done < count, let base = buffer.baseAddress {
                        let got = unsafe zip_fread(stream, base + done, UInt64(count - done))
                        guard got > 0 else { break }
                        done += Int(got)
                    }
                    isRight = done == count
                }
                guard count == member.byteCount else { return (bytes, isRight) }
                // libzip compares the checksum when it sees the end of the member.
                var beyond: UInt8 = 0
                let atEnd = unsafe zip_fread(stream, &beyond, 1)
                return (bytes, isRight && atEnd == 0)
            }
            guard result.isRight else { throw damaged(member) }
            return result.bytes
        }

        private static func open(_ file: SourceFile) throws(PithError) -> Handle {
            var code: Int32 = 0
            guard file.isInMemory else {
                guard let archive = unsafe zip_open(file.path, Int32(ZIP_RDONLY), &code) else {
                    throw PithError(.malformed, "the archive is damaged (libzip \(code))", at: .file(file.path))
                }
                return unsafe Handle(archive: archive, memory: nil)
            }
            let bytes = try file.all()
            let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
            unsafe bytes.withUnsafeBytes { source in
                if let base = source.baseAddress { unsafe memory.copyMemory(from: base, byteCount: source.count) }
            }
            var error = unsafe zip_error_t()
            guard let source = unsafe zip_source_buffer_create(memory, UInt64(bytes.count), 0, &error) else {
                unsafe memory.deallocate()
                throw PithError(.inputOutput, "libzip has no memory")
            }
            guard let archive = unsafe zip_open_from_source(source, Int32(ZIP_RDONLY), &error) else {
                unsafe zip_source_free(source)
                unsafe memory.deallocate()
                throw PithError(.malformed, "the archive is damaged")
            }
            return unsafe Handle(archive: archive, memory: memory)
        }

        private static func members(
            _ archive: OpaquePointer, _ localHeaders: [Int], sourceBytes: Int
        ) throws(PithError) -> [Member] {
            var members: [Member] = []
            var total = 0
            let count = max(0, unsafe zip_get_num_entries(archive, 0))
            guard count == localHeaders.count else { throw PithError(.malformed, "the archive has two directories") }
            for (index, localHeader) in zip(0..<UInt64(count), localHeaders) {
                var status = unsafe zip_stat_t()
                let needed = UInt64(
                    ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD
                        | ZIP_STAT_ENCRYPTION_METHOD)
                guard unsafe zip_stat_index(archive, index, 0, &status) == 0, unsafe status.valid & needed == needed,
                    let name = unsafe status.name.flatMap({ unsafe String(validatingCString: $0) })
                else { throw PithError(.malformed, "member \(index) of the archive has no name or size") }
                guard unsafe status.encryption_method == ZIP_EM_NONE else {
                    throw PithError(
                        .unsupportedFeature, "the member '\(name)' is encrypted",
                        advice: "save the file without a password")
                }
                try check(name)
                let size = try unsafe size(of: name, status)
                total = total.addingReportingOverflow(size).partialValue
                try SourceWeights.checkExpansion(to: total, from: sourceBytes)
                guard !name.hasSuffix("/") else { continue }
                let isStored = unsafe Int32(status.comp_method) == ZIP_CM_STORE
                members.append(
                    Member(
                        name: name, byteCount: size, isStored: isStored, index: index, localHeader: localHeader))
            }
            return members
        }

        /// The bytes that a member unpacks to, where that is what its packed bytes can give: memory is taken for it.
        private static func size(of name: String, _ status: zip_stat_t) throws(PithError) -> Int {
            guard let size = unsafe Int(exactly: status.size), let packed = unsafe Int(exactly: status.comp_size) else {
                throw PithError(.limitExceeded, "the member '\(name)' is too large")
            }
            let most: Int
            switch unsafe Int32(status.comp_method) {
            case ZIP_CM_STORE: most = packed
            case ZIP_CM_DEFLATE: most = packed.multipliedReportingOverflow(by: deflateExpansion).partialValue
            default:
                throw PithError(
                    .unsupportedFeature, "the member '\(name)' is packed by a method other than deflate",
                    advice: "save the file as PyTorch or NumPy do")
            }
            guard size <= most else {
                throw PithError(.limitExceeded, "the member '\(name)' declares \(size) bytes out of \(packed)")
            }
            return size
        }

        /// The most bytes that deflate makes of one (RFC 1951: 258 of two bits).
        private static let deflateExpansion = 1032

        /// Nothing is ever written where a member's name says; one that leaves the archive is a sign of an attack.
        private static func check(_ name: String) throws(PithError) {
            let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard !name.isEmpty, name.utf8.first != UInt8(ascii: "/"), !name.utf8.contains(UInt8(ascii: "\\")),
                !parts.contains(where: { $0.elementsEqual("..".utf8) })
            else { throw PithError(.invalidName, "a member of the archive is named '\(name)', which leaves it") }
        }
    }
#endif
