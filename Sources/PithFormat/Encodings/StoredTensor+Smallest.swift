public import PithGraph

extension StoredTensor {
    /// Tensors with fewer zeros than one in so many are not tried as sparse ones.
    private static let leastZeros = 8

    /// The same elements, bit for bit, in the representation that takes the fewest bytes of a file: as they are, as
    /// bfloat16 or float16, with a palette, or sparse in either scan.
    ///
    /// Only plain row-major float32 elements are looked at, and those that have over 256 values and few zeros stay as
    /// they are. A narrower type stands for float32 where a graph says so.
    ///
    /// - Parameter options: How the file will be written.
    /// - Throws: Nothing for a tensor that there is.
    /// - Complexity: O(n) in the number of elements, some ten times.
    public func smallest(for options: EncodingOptions = EncodingOptions()) throws(PithError) -> StoredTensor {
        guard elementType == .float32, encoding == .plain, layout == .rowMajor, shape.elementCount > 0 else {
            return self
        }
        let candidates = try candidates(Self.patterns(components[0]))
        guard !candidates.isEmpty else { return self }
        var best = (tensor: self, size: try fileBytes(options))
        for candidate in candidates {
            let size = try candidate.fileBytes(options)
            // Nothing but zeros takes so few bytes as a sparse tensor that a file of it would be refused as a bomb.
            let isBomb = UInt64(candidate.form.decodedBytes) > ReadingLimits().decodedBytes(ofFile: size)
            if size < best.size, !isBomb { best = (candidate, size) }
        }
        return best.tensor
    }

    private func candidates(_ patterns: [UInt32]) throws(PithError) -> [StoredTensor] {
        var candidates: [StoredTensor] = []
        let values = Palette(of: patterns)
        let zeros = patterns.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }
        let type = Narrow.type(patterns)
        if type != .float32 {
            candidates.append(
                try StoredTensor(
                    name: name, elementType: type, shape: shape, bytes: Narrow.bytes(patterns, type)))
        }
        if let values {
            candidates.append(
                try StoredTensor(
                    name: name, elementType: .float32, shape: shape, encoding: .palette(values.encoding),
                    components: values.components(patterns)))
        }
        guard zeros > 0, zeros >= patterns.count / Self.leastZeros else { return candidates }
        for scan in SparseEncoding.Scan.allCases where scan == .rowMajor || shape.rank > 1 {
            let order = ScanOrder(scan, shape)
            let positions = patterns.indices.filter { patterns[order.place($0)] != 0 }
            let stored = positions.map { patterns[order.place($0)] }
            candidates.append(try sparse(positions, scan, .plain, [Narrow.bytes(stored, .float32)]))
            if let values = Palette(of: stored) {
                candidates.append(
                    try sparse(positions, scan, .palette(values.encoding), values.components(stored)))
            }
        }
        return candidates
    }

    private func sparse(
        _ positions: [Int], _ scan: SparseEncoding.Scan, _ values: SparseEncoding.Values, _ components: [[UInt8]]
    ) throws(PithError) -> StoredTensor {
        try StoredTensor(
            name: name, elementType: .float32, shape: shape, positions: positions, scan: scan, values: values,
            valueComponents: components)
    }

    /// Bytes in the index and the data of a file.
    private func fileBytes(_ options: EncodingOptions) throws(PithError) -> Int {
        var stored: [UInt8] = []
        let entry = try StreamedTensor(self).encode(ChunkEncoder(options: options), to: &stored)
        return entry.storedLength
            + TensorIndex(chunkByteCount: options.chunkByteCount, entries: [entry]).encoded().count
    }

    private static func patterns(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
        }
    }
}

/// The distinct values of some elements, few enough for a palette.
private struct Palette {
    /// Bit patterns of finite floats in ascending order, at least two.
    private let entries: [UInt32]
    private let type: ElementType

    /// - Returns: nil for over 256 values, for none, and for one that is not finite.
    init?(of patterns: [UInt32]) {
        var entries: [UInt32] = []
        for pattern in patterns {
            let place = Self.place(of: pattern, in: entries)
            guard place == entries.count || entries[place] != pattern else { continue }
            guard entries.count < 256, Float(bitPattern: pattern).isFinite else { return nil }
            entries.insert(pattern, at: place)
        }
        guard let last = entries.last else { return nil }
        if entries.count == 1 { entries.append(last) }
        self.entries = entries
        type = Narrow.type(entries)
    }

    var encoding: PaletteEncoding { PaletteEncoding(type, entryCount: entries.count) }

    /// Indices and entries.
    func components(_ patterns: [UInt32]) -> [[UInt8]] {
        [patterns.map { UInt8(Self.place(of: $0, in: entries)) }, Narrow.bytes(entries, type)]
    }

    /// The first entry that is not before a pattern.
    private static func place(of pattern: UInt32, in entries: [UInt32]) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle] < pattern { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Float32 values in the narrowest type that holds all of them exactly.
private enum Narrow {
    static func type(_ patterns: [UInt32]) -> ElementType {
        [.bfloat16, .float16].first { type in patterns.allSatisfy { half($0, type) != nil } } ?? .float32
    }

    static func bytes(_ patterns: [UInt32], _ type: ElementType) -> [UInt8] {
        var writer = ByteWriter(capacity: patterns.count * type.byteCount)
        for pattern in patterns {
            if type == .float32 {
                writer.uint32(pattern)
            } else if let half = half(pattern, type) {
                writer.byte(UInt8(half & 0xFF))
                writer.byte(UInt8(half >> 8))
            }
        }
        return writer.bytes
    }

    /// The 16 bits of a value, nil where that type does not hold it exactly.
    private static func half(_ pattern: UInt32, _ type: ElementType) -> UInt32? {
        guard pattern & 0x7F80_0000 != 0x7F80_0000 else { return nil }
        guard type == .float16 else { return pattern & 0xFFFF == 0 ? pattern >> 16 : nil }
        let sign = pattern >> 16 & 0x8000
        let magnitude = pattern & 0x7FFF_FFFF
        guard magnitude > 0 else { return sign }
        let exponent = Int(magnitude >> 23) - 127
        let significand = magnitude & 0x7F_FFFF | 0x80_0000
        // Normal halves have exponents from -14 to 15 and 10 bits after the first; under that fewer bits are left.
        let dropped = exponent >= -14 ? 13 : -1 - exponent
        guard exponent <= 15, exponent >= -24, significand & (1 << UInt32(dropped) - 1) == 0 else { return nil }
        let kept = significand >> UInt32(dropped)
        return exponent >= -14 ? sign | UInt32(exponent + 15) << 10 | kept & 0x3FF : sign | kept
    }
}
