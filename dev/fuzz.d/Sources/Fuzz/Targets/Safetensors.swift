extension FuzzTarget {
    /// Safetensors files, as they are and with the length of the header made right.
    static let safetensors = FuzzTarget(
        name: "safetensors",
        seeds: { try SourceFixtures.files(endingIn: ".safetensors") },
        run: { bytes in
            SourceFixtures.readTensors(bytes)
            guard bytes.count > 8, let end = bytes.lastIndex(of: UInt8(ascii: "}")), end >= 8 else { return }
            let length = UInt64(end + 1 - 8)
            SourceFixtures.readTensors((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + bytes[8...])
        })
}
