import CPithKernels

/// Chooses and makes the stored form of chunks, one after another, with memory that is kept between them: memory that goes
/// back to the system after each chunk takes longer to come again than coding does. For one thread at a time.
final class ChunkEncoder {
    let options: EncodingOptions

    init(options: EncodingOptions) { self.options = options }

    /// Planes must save this part of a chunk, or it is stored as it is.
    private static let worthwhile = 32

    /// A chunk of at most so many bytes is coded for any saving at all.
    private static let small = 4096

    #if hasFeature(Embedded)
        /// Embedded builds store chunks as they are.
        func encode(
            _ chunk: ArraySlice<UInt8>, width: Int, rotates: Bool, mostExpansion: Double = .infinity,
            into output: inout [UInt8]
        ) -> ChunkCodec {
            output += chunk
            return .stored
        }
    #else
        /// The planes of a chunk.
        private var split: [UInt8] = []

        /// A plane that is coded.
        private var coded: [UInt8] = []

        /// A Huffman block of a large plane must save this part of it, since decoding it takes time.
        private static let huffmanSaving = 24

        /// Deflate must save this part of the best of the others, since it decodes ten times slower: as where most
        /// elements are the same.
        private static let deflateSaving = 2

        /// Bytes of a plane that are deflated to see whether more is worth it.
        private static let probe = 4096

        /// Appends the chunk in the smallest form that is quick to decode.
        ///
        /// - Parameter mostExpansion: How many times the bytes of that the chunk may have.
        /// - Complexity: O(n) in the chunk's bytes.
        func encode(
            _ chunk: ArraySlice<UInt8>, width: Int, rotates: Bool, mostExpansion: Double = .infinity,
            into output: inout [UInt8]
        ) -> ChunkCodec {
            let start = output.count
            let codec = encodeSmallest(chunk, width: width, rotates: rotates, into: &output)
            let least = Double(chunk.count) / mostExpansion
            guard Double(output.count - start) < least else { return codec }
            output.removeSubrange(start...)
            // Deflate can hardly expand too much; nor can what is stored.
            let isDeflated = deflatePlanes(of: chunk, width: width, rotates: rotates, into: &output)
            let size = output.count - start
            guard isDeflated, Double(size) >= least, size < chunk.count else {
                return Self.store(chunk, at: start, of: &output)
            }
            return .deflatedPlanes
        }

        /// Stores a chunk as it is, instead of what was appended.
        private static func store(
            _ chunk: ArraySlice<UInt8>, at start: Int, of output: inout [UInt8]
        ) -> ChunkCodec {
            output.removeSubrange(start...)
            output += chunk
            return .stored
        }

        private func encodeSmallest(
            _ chunk: ArraySlice<UInt8>, width: Int, rotates: Bool, into output: inout [UInt8]
        ) -> ChunkCodec {
            let start = output.count
            guard options.level != .stored else { return Self.store(chunk, at: start, of: &output) }
            let codec = encodePlanes(of: chunk, width: width, rotates: rotates, into: &output)
            guard width == 1, !rotates, chunk.count <= ArithmeticPlane.mostSymbols else { return codec }
            // Codes, indices and gaps: short streams of small numbers.
            let end = output.count
            Self.append(.arithmetic, ArithmeticPlane.encode(chunk)[...], to: &output)
            guard output.count - end < end - start else {
                output.removeSubrange(end...)
                return codec
            }
            output.removeSubrange(start..<end)
            return .arithmeticPlanes
        }

        private func encodePlanes(
            of chunk: ArraySlice<UInt8>, width: Int, rotates: Bool, into output: inout [UInt8]
        ) -> ChunkCodec {
            let start = output.count
            let isSmall = chunk.count <= Self.small
            var codec = ChunkCodec.planes
            forEachPlane(of: chunk, width: width, rotates: rotates) { plane in
                let (method, bytes) = encode(plane, isSmall: isSmall)
                if method == .deflate { codec = .deflatedPlanes }
                Self.append(method, bytes, to: &output)
            }
            let limit = isSmall ? chunk.count : chunk.count - chunk.count / Self.worthwhile
            return output.count - start < limit ? codec : Self.store(chunk, at: start, of: &output)
        }

        /// Appends the chunk with every plane deflated; false where that is not allowed.
        private func deflatePlanes(
            of chunk: ArraySlice<UInt8>, width: Int, rotates: Bool, into output: inout [UInt8]
        ) -> Bool {
            guard options.usesDeflate else { return false }
            var isDeflated = true
            forEachPlane(of: chunk, width: width, rotates: rotates) { plane in
                let bytes = Deflate.compress(plane, .standard)
                isDeflated = isDeflated && bytes != nil
                if let bytes { Self.append(.deflate, bytes[...], to: &output) }
            }
            return isDeflated
        }

        private static func append(_ method: PlaneMethod, _ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
            var start = ByteWriter()
            start.byte(method.rawValue)
            start.count(bytes.count)
            output += start.bytes
            output += bytes
        }

        private func forEachPlane(
            of chunk: ArraySlice<UInt8>, width: Int, rotates: Bool, _ body: (ArraySlice<UInt8>) -> Void
        ) {
            guard width > 1 || rotates else { return body(chunk) }
            if split.count < chunk.count { split = [UInt8](repeating: 0, count: chunk.count) }
            let count = chunk.count / width
            unsafe chunk.withUnsafeBufferPointer { bytes in
                unsafe split.withUnsafeMutableBufferPointer { planes in
                    unsafe pith_split_planes(
                        pith_isa_best(), planes.baseAddress, bytes.baseAddress, width, count, rotates ? 1 : 0)
                }
            }
            for plane in 0..<width { body(split[(plane * count)..<((plane + 1) * count)]) }
        }

        private func encode(
            _ plane: ArraySlice<UInt8>, isSmall: Bool
        ) -> (method: PlaneMethod, bytes: ArraySlice<UInt8>) {
            let histograms = Histogram.ofBlocks(plane)
            let counts = Histogram.sum(histograms)
            if !plane.isEmpty, counts.contains(plane.count) { return (.constant, plane.prefix(1)) }
            let isThorough = options.level == .thorough
            var best = (method: PlaneMethod.stored, bytes: plane)
            let isNoise = Histogram.isNoise(counts, count: plane.count)
            if isSmall || isThorough || !isNoise {
                // A saving of one part in more than there are bytes is any at all.
                let saving = isSmall || isThorough ? plane.count + 1 : Self.huffmanSaving
                coded.removeAll(keepingCapacity: true)
                HuffmanPlane.encode(plane, saving: saving, histograms, into: &coded)
                if coded.count < plane.count - plane.count / saving { best = (.huffman, coded[...]) }
            }
            if options.usesDeflate {
                let size = best.bytes.count
                let limit = isThorough ? size : size - size / Self.deflateSaving
                let isTried = isSmall || isThorough || !isNoise || Self.repeats(plane.prefix(Self.probe))
                if isTried, let bytes = deflated(plane, isSmall, isThorough, best: size), bytes.count < limit {
                    return (.deflate, bytes[...])
                }
            }
            return best
        }

        /// Whether an eighth of the bytes end four that came before: without, deflate halves no noise.
        private static func repeats(_ bytes: ArraySlice<UInt8>) -> Bool {
            unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4096) { last in
                unsafe last.initialize(repeating: 0)
                var repeated = 0
                var four: UInt32 = 0
                for byte in bytes {
                    four = four << 8 | UInt32(byte)
                    // Fibonacci hashing, to 12 bits.
                    let place = Int((four &* 0x9E37_79B1) >> 20)
                    if unsafe last[place] == four { repeated += 1 }
                    unsafe last[place] = four
                }
                return repeated >= bytes.count / 8
            }
        }

        private func deflated(
            _ plane: ArraySlice<UInt8>, _ isSmall: Bool, _ isThorough: Bool, best: Int
        ) -> [UInt8]? {
            if isSmall || isThorough {
                return Deflate.Strategy.allCases.compactMap { Deflate.compress(plane, $0) }
                    .min { $0.count < $1.count }
            }
            // Long runs and repetitions are what Huffman codes cannot see: a sample shows them.
            // zlib clears its memory first, so it gets no more than a sample can use.
            let sample = plane.prefix(Self.probe)
            guard let probe = Deflate.compress(sample, .standard, level: 1, windowBits: 13, memoryLevel: 7),
                probe.count * plane.count < (best - best / Self.deflateSaving) * sample.count
            else { return nil }
            return Deflate.compress(plane, .standard, level: 6)
        }
    #endif
}
