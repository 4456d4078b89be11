/// A plane coded in blocks of symbols (`spec/FORMAT.md`, "Huffman planes").
package enum HuffmanPlane {
    /// Symbols of a block; the last may be shorter.
    package static let blockSymbols = 32768

    /// A block of fewer symbols has one stream.
    static let singleStreamBelow = 1024

    static func streamCount(_ symbols: Int) -> Int { symbols < singleStreamBelow ? 1 : 4 }

    /// How a block is stored.
    enum Mode: UInt8 {
        case stored = 0
        case constant = 1
        case coded = 2
    }

    /// Decodes the next block of a plane by its definition, bit by bit; `CPithKernels` does the same, fast.
    ///
    /// - Parameters:
    ///   - bytes: What is left of the plane.
    ///   - output: As many symbols as the block has.
    /// - Returns: How many bytes the block takes, 0 when it is not valid.
    package static func decodeBlock(
        _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        guard bytes.count >= 2 else { return 0 }
        switch unsafe Mode(rawValue: bytes[0]) {
        case .stored:
            guard bytes.count > output.count else { return 0 }
            for index in output.indices { unsafe output[index] = bytes[1 + index] }
            return 1 + output.count
        case .constant:
            unsafe output.update(repeating: bytes[1])
            return 2
        case .coded: return unsafe decodeCoded(bytes, into: output)
        case nil: return 0
        }
    }

    private static func decodeCoded(
        _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        unsafe withUnsafeTemporaryAllocation(of: UInt16.self, capacity: Code.room) { room in
            unsafe decodeCoded(bytes, into: output, room)
        }
    }

    private static func decodeCoded(
        _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>,
        _ room: UnsafeMutableBufferPointer<UInt16>
    ) -> Int {
        var position = 1
        guard let code = unsafe Code(bytes, &position, room) else { return 0 }
        let streams = streamCount(output.count)
        let sizes = position
        position += 2 * streams
        guard bytes.count >= position else { return 0 }
        let share = (output.count + streams - 1) / streams
        for stream in 0..<streams {
            let size = unsafe Int(bytes[sizes + 2 * stream]) | Int(bytes[sizes + 2 * stream + 1]) << 8
            guard bytes.count - position >= size else { return 0 }
            let part = (stream * share)..<min((stream + 1) * share, output.count)
            guard
                unsafe code.decode(
                    UnsafeBufferPointer(rebasing: bytes[position..<(position + size)]),
                    into: UnsafeMutableBufferPointer(rebasing: output[part]))
            else { return 0 }
            position += size
        }
        return position
    }

    /// A canonical code: how many symbols there are of each length, and the symbols in the order of their codes.
    @safe private struct Code {
        /// The counts, from length 0 on, and after them the symbols.
        private let numbers: UnsafeMutableBufferPointer<UInt16>

        private static let lengths = HuffmanCode.longest + 1

        /// How many numbers a code has.
        static let room = lengths + 256

        /// Reads a code; nil when it is not complete.
        ///
        /// - Parameter room: Memory for it, which must outlive it.
        init?(
            _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ room: UnsafeMutableBufferPointer<UInt16>
        ) {
            unsafe numbers = room
            unsafe numbers.update(repeating: 0)
            guard bytes.count - position >= 2 else { return nil }
            let (low, high) = unsafe (bytes[position], bytes[position + 1])
            guard low < high else { return nil }
            let symbols = Int(high - low) + 1
            let start = position + 2
            position = start + (symbols + 1) / 2
            guard bytes.count >= position else { return nil }
            func length(_ index: Int) -> Int { unsafe Int(bytes[start + index / 2] >> (index % 2 == 0 ? 0 : 4) & 15) }
            guard length(0) > 0, length(symbols - 1) > 0, symbols % 2 == 0 || length(symbols) == 0 else { return nil }
            var (absent, present, sum) = (0, 0, 0)
            for index in 0..<symbols where length(index) == 0 { absent += 1 }
            for wanted in 1..<Self.lengths {
                for index in 0..<symbols where length(index) == wanted {
                    unsafe numbers[Self.lengths + present] = UInt16(low) + UInt16(index)
                    unsafe numbers[wanted] += 1
                    present += 1
                    sum += 1 << (HuffmanCode.longest - wanted)
                }
            }
            guard absent + present == symbols, sum == 1 << HuffmanCode.longest else { return nil }
        }

        /// Decodes one stream, which must end within the last byte, in zeros.
        func decode(_ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> Bool {
            var bit = 0
            func next() -> Int {
                defer { bit += 1 }
                return unsafe Int(bytes[bit / 8] >> UInt8(7 - bit % 8) & 1)
            }
            for index in output.indices {
                // Of the codes of each length the first, and the place of its symbol.
                var (code, first, place, length) = (0, 0, 0, 0)
                repeat {
                    guard bit < 8 * bytes.count else { return false }
                    let shorter = unsafe Int(numbers[length])
                    place += shorter
                    first = (first + shorter) << 1
                    code = code << 1 | next()
                    length += 1
                } while unsafe code - first >= Int(numbers[length])
                unsafe output[index] = UInt8(truncatingIfNeeded: numbers[Self.lengths + place + code - first])
            }
            guard 8 * bytes.count - bit < 8 else { return false }
            while bit < 8 * bytes.count { if next() == 1 { return false } }
            return true
        }
    }
}
