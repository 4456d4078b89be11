import PithFormat
import Testing

/// The arithmetic coder of section 5.3; `spec/vectors` holds planes made by another program.
@Suite("Arithmetic planes") struct ArithmeticTests {
    private static let published: [UInt8] = [UInt8](repeating: 3, count: 20) + [1, 2, 1, 1, 0, 3, 2, 1, 0, 0, 3, 1]

    private func decode(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: count)
        let isValid = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe output.withUnsafeMutableBufferPointer { unsafe ArithmeticPlane.decode(bytes, into: $0) }
        }
        return isValid ? output : nil
    }

    @Test func publishedVector() {
        let bytes: [UInt8] = [0x09, 0x03, 0x7A, 0x9F, 0x9C, 0x00, 0x25]
        #expect(ArithmeticPlane.encode(Self.published[...]) == bytes)
        #expect(decode(bytes, count: 32) == Self.published)
        #expect(decode((bytes + [0]), count: 32) == nil)
        #expect(decode(([0x19] + bytes.dropFirst()), count: 32) == nil)
        #expect(decode([], count: 32) == nil)
        #expect(decode([0x09], count: 32) == nil)
    }

    @Test func symbolsComeBack() {
        var random = SplitMix(state: 8)
        for round in 0..<300 {
            let (count, most) = (1 + Int(random.next() % 2000), 1 + random.next() % 256)
            let symbols = (0..<count).map { _ -> UInt8 in
                switch round % 3 {
                case 0: UInt8(random.next() % most)
                case 1: UInt8((random.next() % most) * (random.next() % most) / most)
                default: random.next() % 20 == 0 ? UInt8(random.next() % most) : 0
                }
            }
            var bytes = ArithmeticPlane.encode(symbols[...])
            #expect(decode(bytes, count: count) == symbols)
            #expect(decode((bytes + [0]), count: count) == nil)
            // Whatever the bytes are, the decoder ends.
            for _ in 0..<20 {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                let decoded = decode(bytes, count: count)
                #expect(decoded == nil || decoded?.count == count)
            }
        }
    }

    /// Within 3 % and 6 bytes of the entropy of symbols that are drawn alone, and of those that are drawn by the last.
    @Test(arguments: [false, true]) func isNearTheEntropy(afterLast: Bool) {
        var random = SplitMix(state: 9)
        let weights = [60, 25, 10, 5]
        var symbols: [UInt8] = []
        for _ in 0..<8000 {
            var rest = Int(random.next() % 100)
            var symbol = 0
            while rest >= weights[symbol] {
                rest -= weights[symbol]
                symbol += 1
            }
            symbols.append(UInt8(afterLast ? (symbol + Int(symbols.last ?? 0)) % 4 : symbol))
        }
        // H(0.6, 0.25, 0.1, 0.05) = 1.4905 bits.
        let bytes = ArithmeticPlane.encode(symbols[...]).count
        #expect(Double(bytes) < 1.4905 * 1000 * 1.03 + 6)
        #expect(Double(bytes) > 1.4905 * 1000 * 0.97)
    }
}
