#if Conversion
    import CLibZip
    import PithGraph

    /// Makes a zip archive of stored members by libzip, in memory.
    enum ZipWriter {
        /// The date of every member, so that equal contents give equal bytes: 1 January 1980, as zip's own first day.
        private static let date: UInt16 = 1 << 5 | 1

        /// The archive.
        ///
        /// - Throws: `inputOutput` where libzip has no memory.
        static func archive(_ members: [(name: String, bytes: [UInt8])]) throws(PithError) -> [UInt8] {
            let failure = PithError(.inputOutput, "libzip cannot make the archive")
            var error = unsafe zip_error_t()
            guard let target = unsafe zip_source_buffer_create(nil, 0, 0, &error) else { throw failure }
            defer { unsafe zip_source_free(target) }
            // The archive owns one reference when it closes, this function the other.
            unsafe zip_source_keep(target)
            guard let archive = unsafe zip_open_from_source(target, Int32(ZIP_TRUNCATE), &error) else {
                unsafe zip_source_free(target)
                throw failure
            }
            var copies: [UnsafeMutableRawPointer] = unsafe []
            defer { unsafe copies.forEach { unsafe $0.deallocate() } }
            for member in members {
                let copy = UnsafeMutableRawPointer.allocate(byteCount: max(member.bytes.count, 1), alignment: 16)
                unsafe member.bytes.withUnsafeBytes { source in
                    if let base = source.baseAddress { unsafe copy.copyMemory(from: base, byteCount: source.count) }
                }
                unsafe copies.append(copy)
                guard let source = unsafe zip_source_buffer(archive, copy, UInt64(member.bytes.count), 0) else {
                    unsafe zip_discard(archive)
                    throw failure
                }
                let index = unsafe zip_file_add(archive, member.name, source, UInt32(ZIP_FL_ENC_UTF_8))
                guard index >= 0, unsafe zip_set_file_compression(archive, UInt64(index), ZIP_CM_STORE, 0) == 0,
                    unsafe zip_file_set_dostime(archive, UInt64(index), 0, date, 0) == 0
                else {
                    unsafe zip_discard(archive)
                    throw failure
                }
            }
            guard unsafe zip_close(archive) == 0 else {
                unsafe zip_discard(archive)
                throw failure
            }
            return try unsafe contents(of: target, failure)
        }

        private static func contents(of source: OpaquePointer, _ failure: PithError) throws(PithError) -> [UInt8] {
            var status = unsafe zip_stat_t()
            guard unsafe zip_source_stat(source, &status) == 0, unsafe zip_source_open(source) == 0 else {
                throw failure
            }
            defer { unsafe zip_source_close(source) }
            let count = unsafe Int(status.size)
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
                while done < count, let base = buffer.baseAddress {
                    let got = unsafe zip_source_read(source, base + done, UInt64(count - done))
                    guard got > 0 else { break }
                    done += Int(got)
                }
            }
            guard bytes.count == count else { throw failure }
            return bytes
        }
    }
#endif
