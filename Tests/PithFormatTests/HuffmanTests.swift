import CPithKernels
import PithFormat
import Testing

@Suite("Huffman planes") struct HuffmanTests {
    /// The fast decoder, with the bytes after its output guarded.
    ///
    /// - Parameter symbols: How many it is asked for at a time: those of one block or two.
    private func fast(_ bytes: [UInt8], count: Int, symbols: Int = Int(PITH_HUFFMAN_SYMBOLS)) -> [UInt8]? {
        var table = [UInt64](repeating: .max, count: Int(PITH_HUFFMAN_ENTRIES))
        return unsafe table.withUnsafeMutableBufferPointer { table in
            unsafe decoded(bytes, count, symbols) { bytes, output in
                unsafe pith_huffman_decode(
                    output.baseAddress, output.count, bytes.baseAddress, bytes.count, table.baseAddress)
            }
        }
    }

    private func slow(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        unsafe decoded(bytes, count, HuffmanPlane.blockSymbols) { unsafe HuffmanPlane.decodeBlock($0, into: $1) }
    }

    /// A plane by a decoder of so many symbols at a time; nil when a block is not valid, or bytes are left over.
    private func decoded(
        _ bytes: [UInt8], _ count: Int, _ symbols: Int,
        _ decodeBlocks: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>) -> Int
    ) -> [UInt8]? {
        var output = [UInt8](repeating: 0xA5, count: count + 64)
        var rest = bytes[...]
        for start in stride(from: 0, to: count, by: symbols) {
            let end = min(start + symbols, count)
            let taken = unsafe rest.withUnsafeBufferPointer { bytes in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe decodeBlocks(bytes, UnsafeMutableBufferPointer(rebasing: output[start..<end]))
                }
            }
            #expect(output[end...].allSatisfy { $0 == 0xA5 })
            guard taken > 0 else { return nil }
            rest = rest.dropFirst(taken)
        }
        return rest.isEmpty ? Array(output[..<count]) : nil
    }

    /// Bytes of which value v is about twice as frequent as v + 1, from `most` values.
    private func plane(_ count: Int, most: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix(state: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: 117 + min(random.next().trailingZeroBitCount, most)) }
    }

    @Test("the specification's test vector")
    func testVector() {
        let symbols =
            [UInt8](repeating: 0x7C, count: 24) + [UInt8](repeating: 0x7D, count: 12)
            + [UInt8](repeating: 0x7B, count: 6) + [0x78, 0x78, 0x78, 0x7E, 0x7E, 0x77]
        let coded: [UInt8] = [
            0x02, 0x77, 0x7E, 0x45, 0x00, 0x13, 0x52, 0x0C, 0x00, 0x00, 0x00, 0x00, 0xAA, 0xAA, 0xAA, 0xDB, 0x6D, 0xBB,
            0xBB, 0xFF, 0xF0,
        ]
        #expect(slow(coded, count: 48) == symbols)
        #expect(fast(coded, count: 48) == symbols)
        // The 4 bits that fill the last byte would be 4 more of the symbol whose code is 0.
        for count in [0, 47, 53, 1024] {
            #expect(slow(coded, count: count) == nil)
            #expect(fast(coded, count: count) == nil)
        }
    }

    @Test("planes of all lengths and distributions come back, by both decoders")
    func roundTrips() {
        for count in [1, 2, 3, 7, 100, 1023, 1024, 1025, 4096, 32767, 32768, 32769, 70_000, 131_072] {
            for most in [0, 1, 2, 5, 11, 30] {
                let symbols = plane(count, most: most, seed: UInt64(count * 31 + most))
                for saving in [16, count + 1] {
                    let coded = HuffmanPlane.encode(symbols[...], saving: saving)
                    #expect(slow(coded, count: count) == symbols, "\(count) symbols of \(most + 1)")
                    #expect(fast(coded, count: count) == symbols, "\(count) symbols of \(most + 1)")
                    #expect(coded.count <= count + (count + 32767) / 32768)
                }
            }
        }
    }

    @Test("streams of one block whose codes are of very different lengths come back, by both decoders")
    func unequalStreams() {
        var random = SplitMix(state: 21)
        for order in [[0, 0, 0, 1], [1, 0, 2, 0], [2, 1, 0, 0], [0, 2, 2, 1], [1, 2, 0, 2]] {
            let symbols = order.flatMap { spread in
                (0..<8192).map { _ in
                    UInt8(truncatingIfNeeded: [random.next() % 2, random.next() % 9, random.next()][spread])
                }
            }
            let coded = HuffmanPlane.encode(symbols[...], saving: symbols.count + 1)
            #expect(slow(coded, count: symbols.count) == symbols)
            #expect(fast(coded, count: symbols.count) == symbols)
        }
    }

    /// Bytes with codes of 3 to 9 bits, mostly of 8: an eighth is zero, half of the others are from half of the values.
    private func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix(state: seed)
        return (0..<count).map { _ in
            let number = random.next()
            guard number >> 61 > 0 else { return 0 }
            return UInt8(truncatingIfNeeded: number & 0x100 == 0 ? number & 0x7F : number)
        }
    }

    @Test("blocks of long codes come back, alone, by twos and beside others, by both decoders")
    func longCodes() {
        let block = HuffmanPlane.blockSymbols
        let long = noise(2 * block + 100, seed: 1)
        let short = plane(block, most: 5, seed: 2)
        let constant = [UInt8](repeating: 7, count: block)
        let stored = (0..<block).map { UInt8(truncatingIfNeeded: $0) }
        for symbols in [
            Array(long[..<block]), long, Array(long[..<block]) + short, short + long, constant + long + stored,
            Array(long[..<(block - 1)]), Array(long[..<block]) + noise(block - 3, seed: 3),
        ] {
            let coded = HuffmanPlane.encode(symbols[...], saving: 24)
            #expect(slow(coded, count: symbols.count) == symbols)
            for together in [block, 2 * block] {
                #expect(fast(coded, count: symbols.count, symbols: together) == symbols, "\(symbols.count) symbols")
            }
        }
    }

    @Test("both decoders take and refuse the same of 600 damaged planes of long codes, and give the same")
    func damagedLongCodes() {
        var random = SplitMix(state: 6)
        let symbols = noise(2 * HuffmanPlane.blockSymbols, seed: 4)
        let coded = HuffmanPlane.encode(symbols[...], saving: 24)
        var refused = 0
        for turn in 0..<600 {
            var bytes = coded
            let second = coded.count / 2
            for _ in 0...(random.next() % 2) {
                // Codes, sizes of streams, and the ends of streams, which the fast decoder takes in other steps.
                let near = [0, second, coded.count - 64][turn % 3]
                let place = random.next() % 2 == 0 ? near + Int(random.next() % 64) : Int(random.next() & 0x7FFF)
                let damaged = UInt8(truncatingIfNeeded: random.next())
                bytes[place] = turn % 2 == 0 ? damaged : bytes[place] ^ 1 << (damaged & 7)
            }
            if random.next() % 8 == 0 { bytes.removeLast(Int(random.next() % 9)) }
            let expected = slow(bytes, count: symbols.count)
            if expected == nil { refused += 1 }
            if fast(bytes, count: symbols.count) != expected { Issue.record("the decoders differ in turn \(turn)") }
        }
        #expect(refused > 100 && refused < 600)
    }

    @Test("the code is the best of at most 11 bits: within 1 % of the entropy, for skewed and even counts")
    func nearlyOptimal() {
        var random = SplitMix(state: 9)
        let even = (0..<65536).map { _ in UInt8(truncatingIfNeeded: random.next() % 64) }
        // 6 bits each, and in each block 2 + 32 + 8 bytes of code and stream sizes.
        #expect(HuffmanPlane.encode(even[...], saving: 1 << 20).count <= 65536 * 6 / 8 + 2 * (1 + 2 + 32 + 8 + 4))
        let skewed = plane(65536, most: 30, seed: 3)
        // Geometric counts have an entropy of 2 bits; lengths are limited to 11.
        #expect(HuffmanPlane.encode(skewed[...], saving: 1 << 20).count <= 65536 * 2 / 8 * 101 / 100 + 100)
    }

    @Test("both decoders take and refuse the same of 40,000 damaged planes, and give the same")
    func damaged() {
        var random = SplitMix(state: 5)
        var refused = 0
        for count in [48, 1500] {
            let coded = HuffmanPlane.encode(plane(count, most: 9, seed: 8)[...], saving: count + 1)
            for _ in 0..<20_000 {
                var bytes = coded
                for _ in 0...(random.next() % 3) {
                    // Most damage to the code itself, which stands at the start.
                    let place = Int(random.next() % (random.next() % 2 == 0 ? 16 : UInt64(bytes.count)))
                    bytes[place] = UInt8(truncatingIfNeeded: random.next())
                }
                if random.next() % 8 == 0 { bytes.removeLast(Int(random.next() % 9)) }
                let expected = slow(bytes, count: count)
                if expected == nil { refused += 1 }
                if fast(bytes, count: count) != expected { Issue.record("the decoders differ on \(bytes)") }
            }
        }
        #expect(refused > 20_000 && refused < 40_000)
    }

    @Test("codes that are not complete, not canonical or not closed are refused")
    func rules() {
        // Two symbols of one bit, 0x10 and 0x11: 8 symbols in one byte.
        let good: [UInt8] = [2, 0x10, 0x11, 0x11, 1, 0, 0b0101_0101]
        for (bytes, count) in [
            (good, 8), ([2, 0x10, 0x11, 0x11, 1, 0, 0b0101_0100], 6),
        ] {
            #expect(slow(bytes, count: count) != nil)
            #expect(fast(bytes, count: count) != nil)
        }
        for (bytes, count): ([UInt8], Int) in [
            ([3] + good[1...], 8),  // a mode that is not there
            ([2, 0x11, 0x10, 0x11, 1, 0, 0], 8), ([2, 0x10, 0x10, 0x01, 1, 0, 0], 8),  // lo is not under hi
            ([2, 0x10, 0x11, 0x21, 1, 0, 0], 8),  // one code of one bit, one of two: not complete
            ([2, 0x10, 0x12, 0x11, 0x01, 1, 0, 0], 8),  // three codes of one bit
            ([2, 0x10, 0x12, 0x01, 0x11, 1, 0, 0], 8),  // a half that is left over, not zero
            ([2, 0x10, 0x13, 0x11, 0x00, 1, 0, 0], 8),  // hi does not occur
            ([2, 0x10, 0x11, 0x1C, 1, 0, 0], 8),  // 12 bits
            (good, 7), (good, 9), (good + [0], 8), (good.dropLast(), 8),
            ([2, 0x10, 0x11, 0x11, 1, 0, 0b0101_0101], 6),  // bits after the last code are not zero
            ([2, 0x10, 0x11, 0x11, 2, 0, 0b0101_0101, 0], 8),  // a byte too many
        ] {
            #expect(slow(bytes, count: count) == nil, "\(bytes)")
            #expect(fast(bytes, count: count) == nil, "\(bytes)")
        }
    }
}

/// SplitMix64, so that a test's numbers are the same everywhere.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
