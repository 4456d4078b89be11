#if !hasFeature(Embedded)
    extension HuffmanPlane {
        /// Codes a plane.
        ///
        /// - Parameter saving: A block whose code would not save a part of `1 / saving` is stored.
        /// - Complexity: O(n) in the number of symbols.
        package static func encode(_ plane: ArraySlice<UInt8>, saving: Int) -> [UInt8] {
            var output: [UInt8] = []
            encode(plane, saving: saving, Histogram.ofBlocks(plane), into: &output)
            return output
        }

        /// - Parameter histograms: Those of the blocks.
        static func encode(
            _ plane: ArraySlice<UInt8>, saving: Int, _ histograms: [[Int]], into output: inout [UInt8]
        ) {
            output.reserveCapacity(output.count + plane.count)
            var rest = plane
            for counts in histograms {
                encodeBlock(rest.prefix(blockSymbols), counts, saving, into: &output)
                rest = rest.dropFirst(blockSymbols)
            }
        }

        private static func encodeBlock(
            _ block: ArraySlice<UInt8>, _ counts: [Int], _ saving: Int, into output: inout [UInt8]
        ) {
            guard let low = counts.firstIndex(where: { $0 > 0 }), let high = counts.lastIndex(where: { $0 > 0 }),
                low < high
            else {
                output.append(Mode.constant.rawValue)
                output += block.prefix(1)
                return
            }
            guard saving > block.count || !Histogram.isNoise(counts, count: block.count) else {
                output.append(Mode.stored.rawValue)
                output += block
                return
            }
            let code = HuffmanCode(counts: counts)
            let streams = streamCount(block.count)
            let bits = (low...high).reduce(0) { $0 + counts[$1] * Int(code.lengths[$1]) }
            let size = 2 + (high - low + 2) / 2 + 3 * streams + bits / 8
            guard size < block.count - block.count / saving else {
                output.append(Mode.stored.rawValue)
                output += block
                return
            }
            output.append(Mode.coded.rawValue)
            output += [UInt8(low), UInt8(high)]
            for symbol in stride(from: low, through: high, by: 2) {
                output.append(code.lengths[symbol] | (symbol < high ? code.lengths[symbol + 1] << 4 : 0))
            }
            let share = (block.count + streams - 1) / streams
            let codes = zip(code.codes, code.lengths).map { UInt32($0) << 8 | UInt32($1) }
            let parts = (0..<streams).map { number in
                encodeStream(block.dropFirst(number * share).prefix(share), codes)
            }
            for part in parts {
                output += [UInt8(truncatingIfNeeded: part.count), UInt8(part.count >> 8)]
            }
            for part in parts { output += part }
        }

        /// - Parameter codes: For each symbol its code, and in the low 8 bits the code's length.
        private static func encodeStream(_ symbols: ArraySlice<UInt8>, _ codes: [UInt32]) -> [UInt8] {
            // No code is longer than 11 bits; the last word may be written whole.
            let capacity = symbols.count * 11 / 8 + 16
            return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
                unsafe symbols.withUnsafeBufferPointer { symbols in
                    unsafe codes.withUnsafeBufferPointer { codes in
                        let start = unsafe UnsafeMutableRawPointer(target.baseAddress.unsafelyUnwrapped)
                        var pending: UInt64 = 0
                        var bits: UInt64 = 0
                        var position = 0
                        func append(_ index: Int) {
                            let code = unsafe codes[Int(symbols[index])]
                            bits &+= UInt64(code & 0xFF)
                            pending |= UInt64(code >> 8) &<< (64 &- bits)
                        }
                        // Fewer than 8 bits are left each time, so that four codes more have room.
                        func flush() {
                            unsafe start.storeBytes(of: pending.bigEndian, toByteOffset: position, as: UInt64.self)
                            position &+= Int(bits &>> 3)
                            pending &<<= bits & ~7
                            bits &= 7
                        }
                        var index = 0
                        while index &+ 4 <= symbols.count {
                            append(index)
                            append(index &+ 1)
                            append(index &+ 2)
                            append(index &+ 3)
                            flush()
                            index &+= 4
                        }
                        while index < symbols.count {
                            append(index)
                            index &+= 1
                        }
                        flush()
                        count = position + (bits > 0 ? 1 : 0)
                    }
                }
            }
        }
    }

    /// How often each byte value occurs.
    enum Histogram {
        /// Those of the blocks of a Huffman plane.
        static func ofBlocks(_ plane: ArraySlice<UInt8>) -> [[Int]] {
            stride(from: plane.startIndex, to: plane.endIndex, by: HuffmanPlane.blockSymbols).map { start in
                of(plane[start..<min(start + HuffmanPlane.blockSymbols, plane.endIndex)])
            }
        }

        /// That of all blocks together.
        static func sum(_ blocks: [[Int]]) -> [Int] {
            (0..<256).map { symbol in blocks.reduce(0) { $0 + $1[symbol] } }
        }

        static func of(_ bytes: ArraySlice<UInt8>) -> [Int] {
            // Four tables, so that equal neighbours do not wait for each other.
            var counts = [UInt32](repeating: 0, count: 4 * 256)
            unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe counts.withUnsafeMutableBufferPointer { counts in
                    var index = 0
                    while index + 4 <= bytes.count {
                        unsafe counts[Int(bytes[index])] &+= 1
                        unsafe counts[256 + Int(bytes[index + 1])] &+= 1
                        unsafe counts[512 + Int(bytes[index + 2])] &+= 1
                        unsafe counts[768 + Int(bytes[index + 3])] &+= 1
                        index += 4
                    }
                    while index < bytes.count {
                        unsafe counts[Int(bytes[index])] &+= 1
                        index += 1
                    }
                }
            }
            return (0..<256).map { symbol in (0..<4).reduce(0) { $0 + Int(counts[256 * $1 + symbol]) } }
        }

        /// Whether no code saves 1/24: the chance that two bytes are equal is under 2^-7.66, so their entropy is over
        /// 7.66 bits.
        static func isNoise(_ counts: [Int], count: Int) -> Bool {
            counts.reduce(0) { $0 + $1 * $1 } * 203 < count * count
        }
    }
#endif
