import CPithKernels

/// CRC-32 as in zlib, PNG and IEEE 802.3: polynomial 0xEDB88320, reflected, start and end inverted.
enum Checksum {
    /// Of bytes that follow others whose checksum is `start`.
    static func of(_ bytes: UnsafeBufferPointer<UInt8>, after start: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress else { return start }
        return unsafe pith_crc32(start, base, bytes.count)
    }

    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 { unsafe bytes.withUnsafeBufferPointer { unsafe of($0) } }

    static func of(_ bytes: [UInt8]) -> UInt32 { of(bytes[...]) }
}
