import CPithKernels

/// A plane coded in blocks of symbols (`spec/FORMAT.md`, "Huffman planes").
package enum HuffmanPlane {
    /// Symbols of a block; the last may be shorter.
    static let blockSymbols = 32768

    /// A block of fewer symbols has one stream.
    static let singleStreamBelow = 1024

    static func streamCount(_ symbols: Int) -> Int { symbols < singleStreamBelow ? 1 : 4 }

    /// How a block is stored.
    enum Mode: UInt8 {
        case stored = 0
        case constant = 1
        case coded = 2
    }

    /// Decodes a plane by its definition, symbol by symbol.
    ///
    /// - Returns: Exactly `count` symbols, or nil when the bytes do not give them or something is left over.
    package static func decode(_ bytes: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(count)
        var rest = bytes
        while output.count < count {
            let symbols = min(blockSymbols, count - output.count)
            guard let code = rest.popFirst(), let mode = Mode(rawValue: code) else { return nil }
            switch mode {
            case .stored:
                guard rest.count >= symbols else { return nil }
                output += rest.prefix(symbols)
                rest = rest.dropFirst(symbols)
            case .constant:
                guard let symbol = rest.popFirst() else { return nil }
                output += repeatElement(symbol, count: symbols)
            case .coded:
                guard decodeBlock(&rest, symbols, into: &output) else { return nil }
            }
        }
        return rest.isEmpty ? output : nil
    }

    private static func decodeBlock(_ rest: inout ArraySlice<UInt8>, _ count: Int, into output: inout [UInt8]) -> Bool {
        guard let code = readCode(&rest) else { return false }
        let streams = streamCount(count)
        guard rest.count >= 2 * streams else { return false }
        let start = rest.startIndex
        let sizes = (0..<streams).map { Int(rest[start + 2 * $0]) | Int(rest[start + 2 * $0 + 1]) << 8 }
        rest = rest.dropFirst(2 * streams)
        let table = Table(code)
        let share = (count + streams - 1) / streams
        for (number, size) in sizes.enumerated() {
            guard rest.count >= size else { return false }
            let symbols = min(share, count - number * share)
            guard table.decode(rest.prefix(size), symbols, into: &output) else { return false }
            rest = rest.dropFirst(size)
        }
        return true
    }

    private static func readCode(_ rest: inout ArraySlice<UInt8>) -> HuffmanCode? {
        guard let low = rest.popFirst(), let high = rest.popFirst(), low < high else { return nil }
        let symbols = Int(high - low) + 1
        guard rest.count >= (symbols + 1) / 2 else { return nil }
        var lengths = [UInt8](repeating: 0, count: 256)
        for index in 0..<symbols {
            let length = rest[rest.startIndex + index / 2] >> (index % 2 == 0 ? 0 : 4) & 15
            guard length <= HuffmanCode.longest else { return nil }
            lengths[Int(low) + index] = length
        }
        guard lengths[Int(low)] > 0, lengths[Int(high)] > 0 else { return nil }
        let last = rest[rest.startIndex + (symbols + 1) / 2 - 1]
        guard symbols % 2 == 0 || last >> 4 == 0 else { return nil }
        rest = rest.dropFirst((symbols + 1) / 2)
        return HuffmanCode(lengths: lengths)
    }

    /// For each window of 11 bits, the symbol whose code it begins with.
    private struct Table {
        private var symbols: [UInt8] = []
        private let lengths: [UInt8]

        init(_ code: HuffmanCode) {
            lengths = code.lengths
            for symbol in code.order {
                let windows = 1 << (HuffmanCode.longest - Int(lengths[Int(symbol)]))
                symbols += repeatElement(symbol, count: windows)
            }
        }

        /// Decodes one stream, which must end within the last byte, in zeros.
        func decode(_ bytes: ArraySlice<UInt8>, _ count: Int, into output: inout [UInt8]) -> Bool {
            var rest = bytes
            var bits: UInt32 = 0
            var available = 0
            for _ in 0..<count {
                while available < HuffmanCode.longest, let byte = rest.popFirst() {
                    bits = bits << 8 | UInt32(byte)
                    available += 8
                }
                let window =
                    available >= HuffmanCode.longest
                    ? bits >> UInt32(available - HuffmanCode.longest)
                    : bits << UInt32(HuffmanCode.longest - available)
                let symbol = symbols[Int(window & 0x7FF)]
                available -= Int(lengths[Int(symbol)])
                guard available >= 0 else { return false }
                output.append(symbol)
            }
            return rest.isEmpty && available < 8 && bits & (1 << UInt32(available) - 1) == 0
        }
    }
}

#if !hasFeature(Embedded)
    extension HuffmanPlane {
        /// Decodes a plane as `decode(_:count:)` does, fast.
        ///
        /// - Parameters:
        ///   - output: As many symbols as the plane has.
        ///   - tables: Room for `PITH_HUFFMAN_ENTRIES` entries.
        /// - Returns: Whether the plane is valid.
        static func decode(
            _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>,
            tables: UnsafeMutablePointer<UInt64>
        ) -> Bool {
            unsafe pith_huffman_decode(output.baseAddress, output.count, bytes.baseAddress, bytes.count, tables) == 1
        }
    }
#endif
