/// A plane coded bit by bit with adaptive probabilities (`spec/FORMAT.md`, "Arithmetic planes"): for short streams of small
/// numbers, where the table of a Huffman code costs more than it saves.
package enum ArithmeticPlane {
    /// The most symbols of a plane that a writer codes so, since each takes many times as long to decode as a Huffman code.
    static let mostSymbols = 1 << 14

    /// Decodes a plane.
    ///
    /// - Returns: Whether the bytes give exactly the symbols of `output`, and nothing is left over.
    package static func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        guard !bytes.isEmpty, let head = unsafe Head(bytes[0]) else { return false }
        var code = unsafe Code(bytes)
        let (bits, usesLast, mask) = (head.bits, head.usesLast, 1 << head.bits - 1)
        let states = UnsafeMutablePointer<State>.allocate(capacity: head.stateCount)
        unsafe states.initialize(repeating: State(), count: head.stateCount)
        defer { unsafe states.deallocate() }
        unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: rateCount) { rates in
            for met in 0..<rateCount { unsafe rates[met] = rate(met) }
            // The interval is low and how far its end lies beyond it; the code is how far it lies beyond low.
            var (low, range, ahead): (UInt32, UInt32, UInt32) = (0, .max, code.begin())
            var node = 0
            for index in output.indices {
                let context = usesLast ? (node & mask) << bits : 0
                node = 1
                for _ in 0..<bits {
                    let place = context + node
                    var state = unsafe states[place]
                    let rate = unsafe rates[Int(state.met)]
                    let part = state.part(of: range)
                    // Each branch has all that follows from its bit, which the processor foresees more often than not.
                    if ahead <= part {
                        range = part
                        state.take(true, rate)
                        unsafe states[place] = state
                        node = node << 1 | 1
                    } else {
                        low &+= part &+ 1
                        range &-= part &+ 1
                        ahead &-= part &+ 1
                        state.take(false, rate)
                        unsafe states[place] = state
                        node = node << 1
                    }
                    while (low ^ (low &+ range)) >> 24 == 0 {
                        low <<= 8
                        range = range << 8 | 0xFF
                        ahead = ahead << 8 | code.next()
                    }
                }
                unsafe output[index] = UInt8(node & mask)
            }
        }
        return code.isRead
    }

    /// The code, of which four bytes are read ahead; after its end come zeros.
    @safe private struct Code {
        private let bytes: UnsafeBufferPointer<UInt8>
        private var position = 1

        /// - Parameter bytes: Those of a plane, with the first, which is not part of the code.
        init(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe self.bytes = bytes }

        /// The first four bytes.
        mutating func begin() -> UInt32 { (0..<4).reduce(0) { number, _ in number << 8 | next() } }

        /// The next byte.
        mutating func next() -> UInt32 {
            defer { position += 1 }
            return unsafe position < bytes.count ? UInt32(bytes[position]) : 0
        }

        /// Whether nothing is left over: of the four bytes ahead, the first alone is there.
        var isRead: Bool { unsafe position == bytes.count + 3 }
    }

    #if !hasFeature(Embedded)
        /// Codes a plane in the order that gives fewer bytes.
        package static func encode(_ symbols: ArraySlice<UInt8>) -> [UInt8] {
            let bits = UInt8(max(8 - (symbols.max() ?? 0).leadingZeroBitCount, 1))
            let (alone, after) = (encode(symbols, bits - 1), encode(symbols, bits - 1 | Head.afterLast))
            return after.count < alone.count ? after : alone
        }

        private static func encode(_ symbols: ArraySlice<UInt8>, _ byte: UInt8) -> [UInt8] {
            guard let head = Head(byte) else { return [] }
            var model = Model(head)
            var interval = Interval()
            var bytes = [byte]
            for symbol in symbols {
                model.beginSymbol()
                for place in (0..<head.bits).reversed() {
                    let bit = symbol >> UInt8(place) & 1 == 1
                    interval.take(bit, interval.middle(model.state))
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
        func middle(_ state: State) -> UInt32 { low &+ state.part(of: high &- low) }

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

    /// How probable a 1 is after the bits before it.
    private struct State {
        /// Of 65536.
        private var probability: UInt16 = 1 << 15
        /// How often it was met, at most 255.
        private(set) var met: UInt8 = 0

        private static let least: Int32 = 32
        private static let greatest: Int32 = 65504

        /// How much of a range says 1.
        func part(of range: UInt32) -> UInt32 { UInt32((UInt64(range) * UInt64(probability)) >> 16) }

        /// - Parameter rate: How far it moves towards the bit, of 65536.
        mutating func take(_ bit: Bool, _ rate: Int32) {
            let old = Int32(probability)
            let moved = old + (((bit ? 65535 : 0) - old) * rate) >> 16
            probability = UInt16(min(max(moved, Self.least), Self.greatest))
            if met < 255 { met += 1 }
        }
    }

    /// What the first byte of a plane says.
    private struct Head {
        /// Bit of the byte: the symbol before tells probabilities apart.
        static let afterLast: UInt8 = 8

        /// Bits of a symbol.
        let bits: Int

        let usesLast: Bool

        init?(_ byte: UInt8) {
            guard byte < 16 else { return nil }
            bits = Int(byte & 7) + 1
            usesLast = byte & Self.afterLast != 0
        }

        /// Contexts times nodes.
        var stateCount: Int { 1 << (usesLast ? 2 * bits : bits) }
    }

    /// How far a state that was met so often moves towards a bit, of 65536: floor of 65536 / (n + 1.5).
    private static func rate(_ met: Int) -> Int32 { Int32(131072 / (2 * met + 3)) }

    private static let rateCount = 256

    #if !hasFeature(Embedded)
        /// How probable each bit of a symbol is, by the bits before it and perhaps by the symbol before.
        private struct Model {
            let head: Head
            private var states: [State]
            private let rates = (0..<rateCount).map { rate($0) }
            private var context = 0
            private var node = 0

            init(_ head: Head) {
                self.head = head
                states = Array(repeating: State(), count: head.stateCount)
            }

            /// The state of the next bit.
            var state: State { states[context + node] }

            mutating func beginSymbol() {
                if head.usesLast { context = (node & (1 << head.bits - 1)) << head.bits }
                node = 1
            }

            mutating func take(_ bit: Bool) {
                states[context + node].take(bit, rates[Int(state.met)])
                node = node << 1 | (bit ? 1 : 0)
            }
        }
    #endif
}
