import PithGraph

/// What a reader needs beyond plain elements as they are, one bit each (`spec/FORMAT.md`, "Features").
struct Features: OptionSet, Hashable {
    let rawValue: UInt64

    static let planes = Features(rawValue: 1 << 0)
    static let deflate = Features(rawValue: 1 << 1)
    static let affine = Features(rawValue: 1 << 2)
    static let palette = Features(rawValue: 1 << 3)
    static let sparse = Features(rawValue: 1 << 4)
    static let panels = Features(rawValue: 1 << 5)
    static let foreign = Features(rawValue: 1 << 6)
    static let arithmetic = Features(rawValue: 1 << 7)

    /// All that this version knows.
    static let known = Features(rawValue: 1 << 8 - 1)

    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// What the tensors of an index need.
    init(_ index: [TensorIndex.Entry]) {
        var features = Features(rawValue: 0)
        for number in index.indices {
            features.insert(Features(index[number].form.encoding))
            if index[number].form.layout != .rowMajor { features.insert(.panels) }
            if index[number].foreign != nil { features.insert(.foreign) }
            for chunk in index[number].chunks {
                if chunk.codec == .planes { features.insert(.planes) }
                if chunk.codec == .deflatedPlanes { features.insert(.deflate) }
                if chunk.codec == .arithmeticPlanes { features.insert(.arithmetic) }
            }
        }
        self = features
    }

    private init(_ encoding: TensorEncoding) {
        switch encoding {
        case .plain: self = []
        case .affine: self = .affine
        case .palette: self = .palette
        case .sparse(let sparse): self = Features(sparse.values.encoding).union(.sparse)
        }
    }
}
