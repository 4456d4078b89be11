import Foundation

/// Reads the fixtures that the scripts in `Fixtures` have written.
enum FixtureFile {
    struct Missing: Error {
        let key: String
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)")))
    }

    /// The words after `key` on its line of `reference.txt`.
    static func reference(_ key: String) throws -> [String] {
        let text = String(decoding: try bytes("reference.txt"), as: UTF8.self)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words.first == key { return Array(words.dropFirst()) }
        }
        throw Missing(key: key)
    }

    /// Little-endian integer at `offset`.
    static func load<Integer: FixedWidthInteger>(_ bytes: [UInt8], at offset: Int, as: Integer.Type) -> Integer {
        var value: Integer = 0
        for i in 0..<Integer.bitWidth / 8 {
            value |= Integer(truncatingIfNeeded: bytes[offset + i]) << Integer(8 * i)
        }
        return value
    }

    /// FNV-1a, 64 bits, over the bit patterns as little-endian bytes; in hexadecimal.
    static func hash(_ values: [Float]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for value in values {
            for shift in [UInt32(0), 8, 16, 24] {
                hash = (hash ^ UInt64(value.bitPattern >> shift & 0xFF)) &* 0x100_0000_01B3
            }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
