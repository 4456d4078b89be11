#if !hasFeature(Embedded)
    import CZlib
    import PithGraph

    /// Raw deflate streams (RFC 1951) by zlib.
    enum Deflate {
        /// How zlib looks for matches.
        enum Strategy: Int32, CaseIterable {
            case standard = 0
            case filtered = 1
            case huffmanOnly = 2
        }

        /// Compresses; nil when zlib has no memory.
        ///
        /// - Parameters:
        ///   - windowBits: How far back matches are looked for, as a power of two.
        ///   - memoryLevel: 1 to 9: how many symbols make a block, and how many bits a hash has.
        static func compress(
            _ input: ArraySlice<UInt8>, _ strategy: Strategy, level: Int32 = 9, windowBits: Int32 = MAX_WBITS,
            memoryLevel: Int32 = 9
        ) -> [UInt8]? {
            var stream = unsafe z_stream()
            let size = unsafe Int32(MemoryLayout<z_stream>.size)
            guard
                unsafe deflateInit2_(
                    &stream, level, Z_DEFLATED, -windowBits, memoryLevel, strategy.rawValue, ZLIB_VERSION, size) == Z_OK
            else { return nil }
            defer { unsafe deflateEnd(&stream) }
            var output = [UInt8](repeating: 0, count: Int(unsafe deflateBound(&stream, UInt(input.count))) + 16)
            let produced = unsafe input.withUnsafeBufferPointer { source in
                unsafe output.withUnsafeMutableBufferPointer { destination -> Int? in
                    unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                    unsafe stream.avail_in = UInt32(source.count)
                    unsafe stream.next_out = destination.baseAddress
                    unsafe stream.avail_out = UInt32(destination.count)
                    guard unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
                    return destination.count - Int(unsafe stream.avail_out)
                }
            }
            guard let produced else { return nil }
            output.removeLast(output.count - produced)
            return output
        }

        /// Decompresses to exactly the bytes of `output`; false when the stream is invalid, ends early or late, or is
        /// followed by more bytes.
        static func decompress(
            _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
        ) -> Bool {
            var stream = unsafe z_stream()
            let size = unsafe Int32(MemoryLayout<z_stream>.size)
            guard unsafe inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, size) == Z_OK else { return false }
            defer { unsafe inflateEnd(&stream) }
            unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.avail_in = UInt32(input.count)
            unsafe stream.next_out = output.baseAddress
            unsafe stream.avail_out = UInt32(output.count)
            return unsafe inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0 && stream.avail_in == 0
        }
    }
#endif
