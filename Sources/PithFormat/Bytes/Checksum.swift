#if !hasFeature(Embedded)
    import CZlib
#endif

/// CRC-32 as in zlib, PNG and IEEE 802.3: polynomial 0xEDB88320, reflected, start and end inverted.
enum Checksum {
    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        #if hasFeature(Embedded)
            var value: UInt32 = 0xFFFF_FFFF
            for byte in bytes {
                value ^= UInt32(byte)
                for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            }
            return ~value
        #else
            return unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
            }
        #endif
    }

    static func of(_ bytes: [UInt8]) -> UInt32 { of(bytes[...]) }
}
