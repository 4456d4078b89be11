import CPithKernels

/// Chooses and makes the stored form of chunks.
struct ChunkEncoder {
    let options: EncodingOptions

    /// Planes must save this part of a chunk, or it is stored as it is.
    private static let worthwhile = 32

    /// A chunk of at most so many bytes is coded for any saving at all.
    private static let small = 4096

    #if hasFeature(Embedded)
        /// Embedded builds store chunks as they are.
        func encode(
            _ chunk: ArraySlice<UInt8>, width: Int, rotates: Bool, mostExpansion: Double = .infinity
        ) -> (codec: ChunkCodec, bytes: [UInt8]) {
            (.stored, Array(chunk))
        }
    #else
        /// A Huffman block of a large plane must save this part of it, since decoding it takes time.
        private static let huffmanSaving = 24

        /// Deflate must save this part of the best of the others, since it decodes ten times slower: as where most
        /// elements are the same.
        private static let deflateSaving = 2

        /// Bytes of a plane that are deflated to see whether more is worth it.
        private static let probe = 4096

        /// The chunk in the smallest form that is quick to decode.
        ///
        /// - Parameter mostExpansion: How many times the bytes of that the chunk may have.
        /// - Complexity: O(n) in the chunk's bytes.
        func encode(
            _ chunk: ArraySlice<UInt8>, width: Int, rotates: Bool, mostExpansion: Double = .infinity
        ) -> (codec: ChunkCodec, bytes: [UInt8]) {
            let best = smallest(chunk, width: width, rotates: rotates)
            let least = Double(chunk.count) / mostExpansion
            guard Double(best.bytes.count) < least else { return best }
            // Deflate can hardly expand too much; nor can what is stored.
            let deflated = deflatedPlanes(of: chunk, width: width, rotates: rotates)
            guard let deflated, Double(deflated.count) >= least, deflated.count < chunk.count else {
                return (.stored, Array(chunk))
            }
            return (.deflatedPlanes, deflated)
        }

        private func smallest(
            _ chunk: ArraySlice<UInt8>, width: Int, rotates: Bool
        ) -> (codec: ChunkCodec, bytes: [UInt8]) {
            guard options.level != .stored else { return (.stored, Array(chunk)) }
            let result = planes(of: chunk, width: width, rotates: rotates)
            guard width == 1, !rotates, chunk.count <= ArithmeticPlane.mostSymbols else { return result }
            // Codes, indices and gaps: short streams of small numbers.
            var writer = ByteWriter(capacity: chunk.count)
            let bytes = ArithmeticPlane.encode(chunk)
            writer.byte(PlaneMethod.arithmetic.rawValue)
            writer.count(bytes.count)
            writer.append(bytes)
            return writer.bytes.count < result.bytes.count ? (.arithmeticPlanes, writer.bytes) : result
        }

        private func planes(
            of chunk: ArraySlice<UInt8>, width: Int, rotates: Bool
        ) -> (codec: ChunkCodec, bytes: [UInt8]) {
            let isSmall = chunk.count <= Self.small
            var writer = ByteWriter(capacity: chunk.count)
            var codec = ChunkCodec.planes
            let planes = Self.split(chunk, width: width, rotates: rotates)
            let count = chunk.count / width
            for plane in 0..<width {
                let (method, bytes) = encode(planes[(plane * count)..<((plane + 1) * count)], isSmall: isSmall)
                if method == .deflate { codec = .deflatedPlanes }
                writer.byte(method.rawValue)
                writer.count(bytes.count)
                writer.append(bytes)
            }
            let limit = isSmall ? chunk.count : chunk.count - chunk.count / Self.worthwhile
            return writer.bytes.count < limit ? (codec, writer.bytes) : (.stored, Array(chunk))
        }

        /// The chunk with every plane deflated, nil where that is not allowed.
        private func deflatedPlanes(of chunk: ArraySlice<UInt8>, width: Int, rotates: Bool) -> [UInt8]? {
            guard options.usesDeflate else { return nil }
            var writer = ByteWriter()
            let planes = Self.split(chunk, width: width, rotates: rotates)
            let count = chunk.count / width
            for plane in 0..<width {
                let part = planes[(plane * count)..<((plane + 1) * count)]
                guard let bytes = Deflate.compress(part, .standard) else { return nil }
                writer.byte(PlaneMethod.deflate.rawValue)
                writer.count(bytes.count)
                writer.append(bytes)
            }
            return writer.bytes
        }

        private static func split(_ chunk: ArraySlice<UInt8>, width: Int, rotates: Bool) -> [UInt8] {
            guard width > 1 || rotates else { return Array(chunk) }
            return unsafe [UInt8](unsafeUninitializedCapacity: chunk.count) { planes, count in
                unsafe chunk.withUnsafeBufferPointer { bytes in
                    unsafe pith_split_planes(
                        pith_isa_best(), planes.baseAddress, bytes.baseAddress, width, bytes.count / width,
                        rotates ? 1 : 0)
                }
                count = chunk.count
            }
        }

        private func encode(
            _ plane: ArraySlice<UInt8>, isSmall: Bool
        ) -> (method: PlaneMethod, bytes: [UInt8]) {
            let histograms = Histogram.ofBlocks(plane)
            let counts = Histogram.sum(histograms)
            if counts.contains(plane.count), let symbol = plane.first { return (.constant, [symbol]) }
            let isThorough = options.level == .thorough
            var best: (method: PlaneMethod, bytes: [UInt8]) = (.stored, [])
            var size = plane.count
            let isNoise = Histogram.isNoise(counts, count: plane.count)
            if isSmall || isThorough || !isNoise {
                // A saving of one part in more than there are bytes is any at all.
                let saving = isSmall || isThorough ? plane.count + 1 : Self.huffmanSaving
                let bytes = HuffmanPlane.encode(plane, saving: saving, histograms)
                if bytes.count < size - size / saving {
                    best = (.huffman, bytes)
                    size = bytes.count
                }
            }
            if options.usesDeflate {
                let limit = isThorough ? size : size - size / Self.deflateSaving
                let isTried = isSmall || isThorough || !isNoise || Self.repeats(plane.prefix(Self.probe))
                if isTried, let bytes = deflated(plane, isSmall, isThorough, best: size), bytes.count < limit {
                    return (.deflate, bytes)
                }
            }
            return best.method == .stored ? (.stored, Array(plane)) : best
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
            let sample = plane.prefix(Self.probe)
            guard let probe = Deflate.compress(sample, .standard, level: 1),
                probe.count * plane.count < (best - best / Self.deflateSaving) * sample.count
            else { return nil }
            return Deflate.compress(plane, .standard, level: 6)
        }
    #endif
}
