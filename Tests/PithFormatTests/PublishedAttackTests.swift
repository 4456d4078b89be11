import PithFormat
import PithGraph
import Testing

/// Attacks on other readers that were published, in the shape that they would have here: right checksums, wrong
/// contents. Each is refused with a code and a place.
@Suite("Published attacks") struct PublishedAttackTests {
    /// The error for a file, which must say where.
    private func refused(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) -> PithError.Code? {
        do throws(PithError) {
            _ = try ModelFile.decode(bytes)
            return nil
        } catch {
            let place = error.location
            #expect(
                place.offset != nil || place.section != nil, "\(error) does not say where",
                sourceLocation: sourceLocation)
            #expect(!error.reason.isEmpty, sourceLocation: sourceLocation)
            return error.code
        }
    }

    /// A weights file whose index has the given tensors, and as many bytes of data.
    private func weights(_ entries: [[UInt8]], data: [UInt8] = [1, 2, 3], decoded: UInt64 = 3) -> [UInt8] {
        HandFile(
            decodedBytes: decoded,
            sections: [("TNSR", [18, UInt8(entries.count)] + entries.flatMap { $0 }), ("DATA", data)]
        ).bytes
    }

    private func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    /// An entry of the index: name, type `uint8` unless given, extents, chunks as codec and stored length.
    private func entry(
        _ name: Character, type: UInt8 = 14, _ extents: [UInt64], chunks: [(codec: UInt8, length: UInt64)] = [],
        checksum: [UInt8] = crc([1, 2, 3])
    ) -> [UInt8] {
        [1] + Array(String(name).utf8) + [type, 0] + varint(UInt64(extents.count)) + extents.flatMap(varint)
            + chunks.flatMap { [$0.codec] + varint($0.length) + checksum }
    }

    /// A model of one float input `x` and one initializer `w` whose nodes and outputs are given.
    private func model(_ nodesAndOutputs: [UInt8], inputs: [UInt8] = [1, 1, 0x78, 1, 1, 6]) -> [UInt8] {
        var file = HandFile.model
        file.sections[0].bytes = [1, 0x67, 21] + inputs + [1, 0] + nodesAndOutputs
        return file.bytes
    }

    @Test("CVE-2024-21802: a rank over the limit, written into an array of fixed length")
    func rankOverTheLimit() {
        for rank: UInt64 in [9, 255, 1 << 31, 1 << 32 + 1, .max] {
            let tail = varint(rank) + [UInt8](repeating: 1, count: 32)
            #expect(refused(weights([[1, 0x61, 14, 0] + tail])) == .limitExceeded)
            #expect(refused(model([0, 0], inputs: [1, 1, 0x78, 1] + tail)) == .limitExceeded)
        }
    }

    @Test("CVE-2025-53630: a sum of padded sizes that wraps")
    func paddedSumThatWraps() {
        // Each passes alone; 8 times 2⁴⁰ eight-byte elements are 2⁴⁶ bytes, far from what the file has.
        let huge = entry("a", type: 7, [1 << 40])
        #expect(refused(weights([huge], decoded: 0)) == .truncated)
        // A tensor that ends where the sum of its chunks wraps to 3.
        for length: UInt64 in [.max, .max - 63, 1 << 63, 1 << 62, 1 << 62 + 3] {
            let wrapping = entry("a", [3], chunks: [(0, length)])
            #expect([.limitExceeded, .malformed].contains(refused(weights([wrapping]))))
        }
        // Section lengths whose sum wraps to the length of the file.
        var file = HandFile.weights
        file.lengths = [0: UInt64(bitPattern: -64), 1: 64 + 17]
        #expect(refused(file.bytes) == .truncated)
    }

    @Test("CVE-2026-27940: a size that passes the check and wraps when its padding is added")
    func paddingThatWraps() {
        for distance: UInt64 in 1...64 {
            let nearly = entry("b", [4097], chunks: [(0, UInt64(bitPattern: Int64(0 &- Int64(distance))))])
            let nearSigned = entry("b", [4097], chunks: [(0, UInt64(Int64.max) - distance)])
            for second in [nearly, nearSigned] {
                let bytes = weights([entry("a", [3], chunks: [(0, 3)]), second], decoded: 4100)
                #expect([.limitExceeded, .malformed].contains(refused(bytes)))
            }
        }
    }

    @Test("CVE-2026-7482: a tensor that leaves the file")
    func tensorOutsideTheFile() {
        for count: UInt64 in [4, 100, 4096] {
            let bytes = weights([entry("a", [count], chunks: [(0, count)])], decoded: count)
            #expect(refused(bytes) == .truncated)
        }
        for length: UInt64 in [4, 1 << 32, 1 << 63, .max] {
            var file = HandFile.weights
            file.lengths = [1: length]
            #expect(refused(file.bytes) == .truncated)
        }
    }

    @Test("CVE-2025-54949 to 54952: element counts times sizes that wrap")
    func countsThatWrap() {
        let shapes: [[UInt64]] = [
            [1 << 32, 1 << 32], [1 << 40, 1 << 24], [1 << 33, 1 << 31], [1 << 61, 8], [.max, .max],
            [UInt64](repeating: 1 << 8, count: 8), [6_148_914_691_236_517_206, 3], [0, 1 << 40, 1 << 40],
        ]
        for shape in shapes {
            for type: UInt8 in [2, 7, 14] {
                #expect(refused(weights([entry("a", type: type, shape)])) == .limitExceeded, "\(shape)")
            }
            let dimensions = shape.flatMap { varint($0 &+ 2) }
            let inputs = [1, 1, 0x78, 1] + varint(UInt64(shape.count)) + dimensions
            #expect(refused(model([0, 0], inputs: inputs)) != nil, "\(shape)")
        }
    }

    @Test("safetensors' polyglot: bytes that no tensor owns")
    func bytesThatNoTensorOwns() {
        let archive: [UInt8] = [0x50, 0x4B, 0x03, 0x04] + [UInt8](repeating: 7, count: 26)
        #expect(refused(HandFile.weights.bytes + archive) == .trailingBytes)
        #expect(refused(archive + HandFile.weights.bytes) == .wrongKind)
        // Behind the last chunk, and in a section of their own behind DATA.
        #expect(refused(weights([entry("a", [3], chunks: [(0, 3)])], data: [1, 2, 3] + archive)) == .trailingBytes)
        var file = HandFile.weights
        file.sections.append(("junk", archive))
        #expect(refused(file.bytes) == .malformed)
        // In the padding before an aligned tensor.
        let large = [UInt8](repeating: 5, count: 4097)
        let tensors = [
            entry("a", [3], chunks: [(0, 3)]), entry("b", [4097], chunks: [(0, 4097)], checksum: crc(large)),
        ]
        let start = weights(tensors, data: large, decoded: 4100).count - large.count + 3
        let padding = (64 - start % 64) % 64
        for byte in 0..<padding {
            var data: [UInt8] = [1, 2, 3] + [UInt8](repeating: 0, count: padding) + large
            #expect(refused(weights(tensors, data: data, decoded: 4100)) == nil)
            data[3 + byte] = 0x50
            #expect(refused(weights(tensors, data: data, decoded: 4100)) == .nonZeroPadding)
        }
        // Behind the end of a deflate stream, inside its chunk.
        let chunk: [UInt8] = [1, 7, 0x63, 0x60, 0xA0, 0x0C, 0, 0, 0x50]
        var coded = HandFile(
            features: 2, decodedBytes: 64,
            sections: [
                ("TNSR", [18, 1] + entry("a", [64], chunks: [(2, UInt64(chunk.count))], checksum: crc(chunk))),
                ("DATA", chunk),
            ])
        #expect(refused(coded.bytes) == .malformed)
        coded.sections[1].bytes = []
        #expect(refused(coded.bytes) == .truncated)
    }

    @Test("TensorFlow #115308: a file of eight bytes")
    func eightBytes() {
        let starts: [[UInt8]] = [
            [UInt8](repeating: 0, count: 8), [0x1C, 0, 0, 0] + Array("TFL3".utf8), [UInt8](repeating: 255, count: 8),
            [0x89, 0x50, 0x54, 0x48, 0x0D, 0x0A, 0x1A, 0x0A],
        ]
        for start in starts {
            #expect([.wrongKind, .truncated].contains(refused(start)))
        }
    }

    @Test("TensorFlow #124982: a reshape to more elements than there are")
    func reshapeToMore() {
        // x has 4 elements; the shape is a constant.
        for extents: [Int64] in [[5], [1_000_000], [2, 3], [1 << 40], [Int64.max], [-1, 3], [-1, -1], [Int64.min]] {
            let zigzags = extents.flatMap { varint(UInt64(bitPattern: $0 << 1) ^ UInt64(bitPattern: $0 >> 63)) }
            let constant = [1, 0, 1, 16, 4] + varint(UInt64(extents.count)) + zigzags
            let reshape: [UInt8] = [5, 2, 1, 3, 0]
            let code = refused(model([2] + constant + reshape + [1, 3, 1, 0x79]))
            #expect([.shapeMismatch, .limitExceeded].contains(code), "\(extents)")
        }
    }

    @Test("a checksum of the wrong section")
    func checksumOfTheWrongSection() {
        var file = HandFile.model
        file.sections.insert(("meta", [1, 1, 0x61, 1, 1, 0x62]), at: 2)
        #expect(refused(file.bytes) == nil)
        file.checksums = [0: crc(file.sections[1].bytes), 1: crc(file.sections[0].bytes)]
        #expect(refused(file.bytes) == .checksumMismatch)
        // The checksum of another chunk.
        let swapped = [
            entry("a", [3], chunks: [(0, 3)], checksum: crc([4, 5, 6])), entry("b", [3], chunks: [(0, 3)]),
        ]
        #expect(refused(weights(swapped, data: [1, 2, 3, 4, 5, 6], decoded: 6)) == .checksumMismatch)
    }

    @Test("sections that overlap or leave gaps, values that are defined twice or not at all, names")
    func structure() {
        // There are no offsets: an overlap or a gap is a length that does not add up.
        for (first, second): (UInt64, UInt64) in [(13, 3), (15, 3), (14, 2), (14, 4), (0, 17), (17, 0)] {
            var file = HandFile.weights
            file.lengths = [0: first, 1: second]
            #expect(refused(file.bytes) != nil)
        }
        let two = [entry("a", [0]), entry("a", [0])]
        #expect(refused(weights(two, data: [], decoded: 0)) == .duplicateName)
        #expect(refused(weights([[1, 0xFF] + entry("a", [0])[2...]], data: [], decoded: 0)) == .invalidName)
        #expect(refused(weights([[1, 0x00] + entry("a", [0])[2...]], data: [], decoded: 0)) == .invalidName)
        // A surrogate and an overlong form.
        #expect(refused(weights([[3, 0xED, 0xA0, 0x80, 14, 0, 1, 0]], data: [], decoded: 0)) == .invalidName)
        #expect(refused(weights([[2, 0xC0, 0x80, 14, 0, 1, 0]], data: [], decoded: 0)) == .invalidName)
        // Two nodes that take each other's output; a value that nobody computes; the output named as the input.
        #expect(refused(model([2, 48, 1, 4, 0, 48, 1, 3, 0, 1, 2, 1, 0x79])) == .invalidGraph)
        #expect(refused(model([1, 48, 1, 100, 0, 1, 2, 1, 0x79])) == .invalidGraph)
        #expect(refused(model([1, 48, 1, 1, 0, 1, 2, 1, 0x78])) == .duplicateName)
    }
}
