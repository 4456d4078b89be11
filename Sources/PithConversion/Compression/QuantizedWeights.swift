import PithFormat
import PithGraph
import PithMath

/// Weights of which each is one of a few levels that it shares with others of its group, on the way into a file: the
/// levels are exactly the numbers that the file's scales or palettes stand for.
struct QuantizedWeights {
    /// Which weights share levels. The shape is the tensor's, or `[count]` for the weights that pruning left.
    let grouping: EncodingGroups
    let shape: Shape

    /// How a file holds them.
    let form: Form

    /// The levels of each group in turn, ascending in each.
    let levels: [Float]
    let levelCount: Int

    /// The group of each weight.
    let groups: [Int32]

    /// The position of each weight's level in its group.
    private(set) var codes: [UInt8]

    enum Form {
        /// Codes that begin at the type's least, and scales, as `float32` or `float16`.
        case affine(AffineEncoding.CodeType, scales: Tensor)
        /// The levels themselves, as `float32`, `float16` or `bfloat16`.
        case palette(entries: Tensor)
    }

    /// Rounds each weight to the nearest level, to the lower of two.
    init(_ weights: [Float], shape: Shape, grouping: EncodingGroups, form: Form, levels: [Float], levelCount: Int) {
        self.grouping = grouping
        self.shape = shape
        self.form = form
        self.levels = levels
        self.levelCount = levelCount
        var groups = [Int32](repeating: 0, count: weights.count)
        grouping.forEachRun(shape) { run, group in for index in run { groups[index] = Int32(group) } }
        self.groups = groups
        codes = [UInt8](repeating: 0, count: weights.count)
        for index in weights.indices {
            let (low, high) = neighbours(of: weights[index], at: index)
            codes[index] =
                weights[index] - level(low, at: index) <= level(high, at: index) - weights[index] ? low : high
        }
    }

    /// The level at a position in the group of a weight.
    func level(_ code: UInt8, at index: Int) -> Float { levels[Int(groups[index]) * levelCount + Int(code)] }

    /// The levels right under and over a number; the same one twice where it lies outside all or on one.
    func neighbours(of number: Float, at index: Int) -> (low: UInt8, high: UInt8) {
        let start = Int(groups[index]) * levelCount
        // The first level that is not under the number.
        var (low, high) = (0, levelCount)
        while low < high {
            let middle = (low + high) / 2
            if levels[start + middle] < number { low = middle + 1 } else { high = middle }
        }
        guard low < levelCount else { return (UInt8(levelCount - 1), UInt8(levelCount - 1)) }
        guard low > 0, levels[start + low] > number else { return (UInt8(low), UInt8(low)) }
        return (UInt8(low - 1), UInt8(low))
    }

    /// Chooses another level for a weight.
    mutating func setCode(_ code: UInt8, at index: Int) { codes[index] = code }

    /// What the weights have become.
    var values: [Float] { codes.indices.map { level(codes[$0], at: $0) } }

    /// The encoding of these weights, and its components.
    var encoded: (values: SparseEncoding.Values, components: [[UInt8]]) {
        switch form {
        case .affine(let type, let scales):
            let encoding = AffineEncoding(type, scaleType: scales.elementType, grouping: grouping)
            return (.affine(encoding), [Self.packed(codes, type), scales.bytes])
        case .palette(let entries):
            let encoding = PaletteEncoding(entries.elementType, entryCount: levelCount, grouping: grouping)
            return (.palette(encoding), [codes, entries.bytes])
        }
    }

    /// Positions as codes, which a type's least one begins.
    private static func packed(_ codes: [UInt8], _ type: AffineEncoding.CodeType) -> [UInt8] {
        guard type.bitCount == 4 else { return codes.map { $0 &+ 0x80 } }
        return stride(from: 0, to: codes.count, by: 2).map { index in
            let high = index + 1 < codes.count ? (codes[index + 1] &+ 8) & 15 : 0
            return (codes[index] &+ 8) & 15 | high << 4
        }
    }
}

extension QuantizedWeights {
    /// Other weights of the same levels, which all of a tensor share.
    private init(_ other: QuantizedWeights, codes: [UInt8], shape: Shape, form: Form, levels: [Float]) {
        grouping = .tensor
        self.shape = shape
        self.form = form
        self.levels = levels
        levelCount = levels.count
        groups = [Int32](repeating: 0, count: codes.count)
        self.codes = codes
    }

    /// Other weights of the same levels.
    ///
    /// - Precondition: All share their levels.
    func replacing(codes: [UInt8], shape: Shape) -> QuantizedWeights {
        precondition(grouping == .tensor, "weights of several groups cannot change places")
        return QuantizedWeights(self, codes: codes, shape: shape, form: form, levels: levels)
    }

    /// The same weights with one more level in the palette.
    ///
    /// - Returns: Them and the code of the level, which may have been there; nil when there is no room for it.
    func withLevel(_ level: Float) -> (weights: QuantizedWeights, code: UInt8)? {
        if let place = levels.firstIndex(of: level) { return (self, UInt8(place)) }
        guard grouping == .tensor, case .palette(let entries) = form, levels.count < 256 else { return nil }
        let place = levels.firstIndex { $0 > level } ?? levels.count
        var wider = levels
        wider.insert(level, at: place)
        guard
            let stored = try? Tensor(wider, shape: Shape([wider.count])).converted(to: entries.elementType),
            stored.floats == wider
        else { return nil }
        let weights = QuantizedWeights(
            self, codes: codes.map { Int($0) < place ? $0 : $0 + 1 }, shape: shape, form: .palette(entries: stored),
            levels: wider)
        return (weights, UInt8(place))
    }
}
