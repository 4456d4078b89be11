/// A plane coded bit by bit with adaptive probabilities (`spec/FORMAT.md`, "Arithmetic planes"): for short streams of small
/// numbers, where the table of a Huffman code costs more than it saves.
package enum ArithmeticPlane {
    /// The most symbols of a plane that a writer codes so, since each takes many times as long to decode as a Huffman code.
    static let mostSymbols = 1 << 14

    /// Decodes a plane.
    ///
    /// - Returns: Exactly `count` symbols, or nil when the bytes do not give them or something is left over.
    package static func decode(_ bytes: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        guard let head = bytes.first, var model = Model(head) else { return nil }
        var interval = Interval()
        var position = bytes.startIndex + 1
        var window: UInt32 = 0
        func next() {
            window = window << 8 | (position < bytes.endIndex ? UInt32(bytes[position]) : 0)
            position += 1
        }
        for _ in 0..<4 { next() }
        var output: [UInt8] = []
        output.reserveCapacity(count)
        for _ in 0..<count {
            model.beginSymbol()
            for _ in 0..<model.bits {
                let middle = interval.middle(model.probability)
                let bit = window <= middle
                interval.take(bit, middle)
                model.take(bit)
                while interval.isSettled {
                    interval.shift()
                    next()
                }
            }
            output.append(model.symbol)
        }
        // Of the four bytes that were read ahead, the first alone is there.
        return position == bytes.endIndex + 3 ? output : nil
    }

    #if !hasFeature(Embedded)
        /// Codes a plane in the order that gives fewer bytes.
        package static func encode(_ symbols: ArraySlice<UInt8>) -> [UInt8] {
            let bits = UInt8(max(8 - (symbols.max() ?? 0).leadingZeroBitCount, 1))
            let (alone, after) = (encode(symbols, bits - 1), encode(symbols, bits - 1 | Model.afterLast))
            return after.count < alone.count ? after : alone
        }

        private static func encode(_ symbols: ArraySlice<UInt8>, _ head: UInt8) -> [UInt8] {
            guard var model = Model(head) else { return [] }
            var interval = Interval()
            var bytes = [head]
            for symbol in symbols {
                model.beginSymbol()
                for place in (0..<model.bits).reversed() {
                    let bit = symbol >> UInt8(place) & 1 == 1
                    interval.take(bit, interval.middle(model.probability))
                    model.take(bit)
                    while interval.isSettled { bytes.append(interval.shift()) }
                }
            }
            bytes.append(interval.lastByte)
            return bytes
        }
    #endif

    /// The numbers that the rest of the code can still be, both ends included.
    private struct Interval {
        private var low: UInt32 = 0
        private var high: UInt32 = .max

        /// The greatest number that says 1.
        func middle(_ probability: UInt32) -> UInt32 {
            let range = high &- low
            return low &+ (range >> 16) &* probability &+ ((range & 0xFFFF) &* probability) >> 16
        }

        mutating func take(_ bit: Bool, _ middle: UInt32) {
            if bit { high = middle } else { low = middle &+ 1 }
        }

        /// Whether the first byte is known.
        var isSettled: Bool { (low ^ high) >> 24 == 0 }

        @discardableResult
        mutating func shift() -> UInt8 {
            let byte = UInt8(high >> 24)
            low <<= 8
            high = high << 8 | 0xFF
            return byte
        }

        /// A byte that, with zeros after it, is inside.
        var lastByte: UInt8 { UInt8(low >> 24) + (low & 0xFF_FFFF == 0 ? 0 : 1) }
    }

    /// How probable each bit of a symbol is, by the bits before it and perhaps by the symbol before.
    private struct Model {
        /// Bit of the first byte: the symbol before tells probabilities apart.
        static let afterLast: UInt8 = 8

        /// Bits of a symbol.
        let bits: Int

        private let usesLast: Bool
        /// For each state the probability of a 1, of 65536, and how often the state was met, at most `mostMet`.
        private var states: [(probability: UInt16, met: UInt8)]
        /// Floor of 65536 / (n + 1.5).
        private let rates: [Int32]
        private var context = 0
        private var node = 0

        private static let least: Int32 = 32
        private static let greatest: Int32 = 65504

        init?(_ head: UInt8) {
            guard head < 16 else { return nil }
            bits = Int(head & 7) + 1
            usesLast = head & Self.afterLast != 0
            rates = (0...255).map { 131072 / (2 * $0 + 3) }
            states = Array(repeating: (1 << 15, 0), count: 1 << (usesLast ? 2 * bits : bits))
        }

        /// The symbol after its last bit.
        var symbol: UInt8 { UInt8(node & (1 << bits - 1)) }

        var probability: UInt32 { UInt32(states[context + node].probability) }

        mutating func beginSymbol() {
            if usesLast { context = (node & (1 << bits - 1)) << bits }
            node = 1
        }

        mutating func take(_ bit: Bool) {
            let state = states[context + node]
            let old = Int32(state.probability)
            let moved = old + (((bit ? 65535 : 0) - old) * rates[Int(state.met)]) >> 16
            states[context + node] = (
                UInt16(min(max(moved, Self.least), Self.greatest)), state.met == 255 ? 255 : state.met + 1
            )
            node = node << 1 | (bit ? 1 : 0)
        }
    }
}
