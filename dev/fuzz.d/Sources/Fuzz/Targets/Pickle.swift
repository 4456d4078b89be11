extension FuzzTarget {
    /// Bare pickles and PyTorch's older form, which is pickles in a row: no archive and no checksum is in the way.
    static let pickle = FuzzTarget(
        name: "pickle",
        seeds: {
            // The pickle of an archive that is not compressed lies in it as it is.
            let archives = try SourceFixtures.files(endingIn: ".pt").filter { $0.starts(with: zipSignature) }
            return try SourceFixtures.files(endingIn: "old.pt") + archives.compactMap { pickle(in: $0) }
        },
        run: { bytes in
            SourceFixtures.readTensors(bytes)
            if bytes.first != start[0] { SourceFixtures.readTensors(start + bytes) }
        })

    private static let zipSignature: [UInt8] = [0x50, 0x4B, 3, 4]

    /// The opcode and version by which a pickle is told.
    private static let start: [UInt8] = [0x80, 2]

    /// The last opcodes of a pickle of a dictionary, or of an object.
    private static let ends: [[UInt8]] = [[0x75, 0x2E], [0x62, 0x2E]]

    private static func pickle(in archive: [UInt8]) -> [UInt8]? {
        guard let begin = archive.indices.first(where: { archive[$0...].starts(with: start) }),
            let end = (begin..<archive.count).first(where: { place in
                ends.contains { archive[place...].starts(with: $0) }
            })
        else { return nil }
        return Array(archive[begin...(end + 1)])
    }
}
