#if Conversion
    import PithGraph

    /// Where a zip archive's members lie, read from its central directory (APPNOTE.TXT 6.3, 4.3.12 to 4.3.16) to see
    /// that no two share bytes; libzip does not tell.
    enum ZipLayout {
        /// Members of one archive.
        static let memberLimit = 1 << 18

        private static let endSignature: [UInt8] = [0x50, 0x4B, 5, 6]
        private static let end64Signature: [UInt8] = [0x50, 0x4B, 6, 6]
        private static let locatorSignature: [UInt8] = [0x50, 0x4B, 6, 7]
        private static let localSignature: [UInt8] = [0x50, 0x4B, 3, 4]
        private static let entrySignature: [UInt8] = [0x50, 0x4B, 1, 2]
        private static let endBytes = 22
        private static let locatorBytes = 20
        private static let localHeaderBytes = 30
        private static let commentLimit = 1 << 16

        /// Where the members begin, in the order of the directory. Refuses an archive with members that overlap or lie
        /// outside it.
        ///
        /// - Throws: `malformed`, `truncated`, `limitExceeded`.
        static func localHeaders(of file: SourceFile) throws(PithError) -> [Int] {
            let (start, count, end) = try directory(file)
            var reader = SourceReader(file, at: start)
            var members: [Range<Int>] = []
            for _ in 0..<count { members.append(try entry(&reader, directory: start)) }
            guard reader.position <= end else {
                throw reader.error(.malformed, "the directory of the archive runs over")
            }
            let starts = members.map { $0.lowerBound }
            members.sort { $0.lowerBound < $1.lowerBound }
            for (member, next) in zip(members, members.dropFirst()) where member.upperBound > next.lowerBound {
                throw PithError(
                    .malformed, "two members of the archive overlap", at: file.location(UInt64(next.lowerBound)),
                    advice: "the file is not what it seems; get it from where it was made")
            }
            return starts
        }

        /// Where the bytes of a member lie that are stored as they are.
        ///
        /// - Throws: `malformed`, `truncated`.
        static func data(of file: SourceFile, localHeader: Int, count: Int) throws(PithError) -> Range<Int> {
            var reader = SourceReader(file, at: localHeader)
            guard try reader.take(4) == localSignature else { throw reader.error(.malformed, "no member begins here") }
            _ = try reader.take(22)
            let nameLength = Int(try reader.number(bytes: 2))
            let extraLength = Int(try reader.number(bytes: 2))
            let start = localHeader + localHeaderBytes + nameLength + extraLength
            guard start <= file.count, count <= file.count - start else {
                throw reader.error(.truncated, "a member of the archive lies outside it")
            }
            return start..<(start + count)
        }

        /// The start of the central directory, how many members it lists, and where it ends.
        private static func directory(_ file: SourceFile) throws(PithError) -> (start: Int, count: Int, end: Int) {
            let tailStart = max(0, file.count - endBytes - commentLimit)
            let tail = try file.bytes(tailStart..<file.count)
            let last = tail.count - endBytes
            guard last >= 0,
                let found = (0...last).reversed().first(where: { tail[$0...].starts(with: endSignature) })
            else { throw PithError(.truncated, "the archive ends before its directory", at: file.location(0)) }
            let end = tailStart + found
            var reader = SourceReader(file, at: end + 10)
            var count = try reader.number(bytes: 2)
            var size = try reader.number(bytes: 4)
            var start = try reader.number(bytes: 4)
            var directoryEnd = end
            if end >= locatorBytes {
                var locator = SourceReader(file, at: end - locatorBytes)
                if try locator.take(4) == locatorSignature {
                    _ = try locator.take(4)
                    let offset = try locator.number(bytes: 8)
                    guard offset <= UInt64(end - locatorBytes) else {
                        throw locator.error(.malformed, "a zip64 offset")
                    }
                    var record = SourceReader(file, at: Int(offset))
                    guard try record.take(4) == end64Signature else {
                        throw record.error(.malformed, "no zip64 record where one is declared")
                    }
                    _ = try record.take(28)
                    count = try record.number(bytes: 8)
                    size = try record.number(bytes: 8)
                    start = try record.number(bytes: 8)
                    directoryEnd = Int(offset)
                }
            }
            guard count <= UInt64(memberLimit) else {
                throw PithError(.limitExceeded, "an archive of \(count) members", at: file.location(UInt64(end)))
            }
            let (sum, overflow) = start.addingReportingOverflow(size)
            guard !overflow, sum <= UInt64(directoryEnd) else {
                throw PithError(.malformed, "the directory of the archive leaves it", at: file.location(UInt64(end)))
            }
            return (Int(start), Int(count), directoryEnd)
        }

        /// The bytes of a member from its local header to the end of its data.
        private static func entry(_ reader: inout SourceReader, directory: Int) throws(PithError) -> Range<Int> {
            guard try reader.take(4) == entrySignature else {
                throw reader.error(.malformed, "no member where the directory declares one")
            }
            _ = try reader.take(16)
            var compressed = try reader.number(bytes: 4)
            let uncompressed = try reader.number(bytes: 4)
            let nameLength = Int(try reader.number(bytes: 2))
            let extraLength = Int(try reader.number(bytes: 2))
            let commentLength = Int(try reader.number(bytes: 2))
            _ = try reader.take(8)
            var offset = try reader.number(bytes: 4)
            _ = try reader.take(nameLength)
            let extra = try reader.take(extraLength)
            _ = try reader.take(commentLength)
            let escaped = UInt64(UInt32.max)
            if var fields = zip64Fields(extra) {
                func next(_ value: UInt64) -> UInt64 {
                    guard value == escaped, fields.count >= 8 else { return value }
                    defer { fields = fields.dropFirst(8) }
                    return fields.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
                }
                _ = next(uncompressed)
                compressed = next(compressed)
                offset = next(offset)
            }
            let (header, headerOverflow) = offset.addingReportingOverflow(UInt64(localHeaderBytes + nameLength))
            let (end, overflow) = header.addingReportingOverflow(compressed)
            guard !headerOverflow, !overflow, end <= UInt64(directory) else {
                throw reader.error(.malformed, "a member of the archive lies outside it")
            }
            return Int(offset)..<Int(end)
        }

        private static func zip64Fields(_ extra: [UInt8]) -> ArraySlice<UInt8>? {
            var rest = extra[...]
            while rest.count >= 4 {
                let tag = rest.prefix(2).reversed().reduce(0) { $0 << 8 | Int($1) }
                let length = rest.dropFirst(2).prefix(2).reversed().reduce(0) { $0 << 8 | Int($1) }
                rest = rest.dropFirst(4)
                if tag == 1 { return rest.prefix(length) }
                rest = rest.dropFirst(length)
            }
            return nil
        }
    }
#endif
