import PithGraph

/// One of the arrays that a tensor is stored as, each with chunks of its own (`spec/FORMAT.md`, "Encodings").
struct TensorComponent: Hashable {
    /// Its bytes.
    var byteCount: Int
    /// Bytes of one element, which a codec takes apart into planes.
    var width: Int
    /// Whether the elements are floating-point numbers.
    var isFloatingPoint: Bool

    init(_ type: ElementType, count: Int) {
        byteCount = count * type.byteCount
        width = type.byteCount
        isFloatingPoint = type.isFloatingPoint
    }

    /// A component of bytes.
    init(byteCount: Int) {
        self.byteCount = byteCount
        width = 1
        isFloatingPoint = false
    }
}

/// What a tensor decodes to and what it is stored as, without the bytes: known to be possible.
struct TensorForm: Hashable {
    var elementType: ElementType
    var shape: Shape
    var encoding: TensorEncoding
    var layout: TensorLayout

    /// The components in the order of the file.
    private(set) var components: [TensorComponent]

    /// Checks that the encoding and layout suit type and shape.
    ///
    /// - Throws: `malformed`, `limitExceeded`.
    init(
        _ elementType: ElementType, _ shape: Shape, _ encoding: TensorEncoding = .plain,
        _ layout: TensorLayout = .rowMajor
    ) throws(PithError) {
        guard !shape.elementCount.multipliedReportingOverflow(by: Self.mostBytesPerElement(encoding, layout)).overflow
        else {
            throw PithError(.limitExceeded, "a tensor of \(shape.elementCount) elements is larger than memory")
        }
        guard layout == .rowMajor || encoding == .plain && layout.fits(elementType, shape) else {
            throw PithError(.malformed, "\(elementType.shortName) \(shape) cannot be laid out in panels")
        }
        if layout != .rowMajor {
            components = [TensorComponent(elementType, count: layout.paddedCount(shape))]
        } else if case .sparse(let sparse) = encoding {
            components = try Self.components(sparse, elementType, shape)
        } else {
            components = try Self.components(encoding, elementType, shape)
        }
        self.elementType = elementType
        self.shape = shape
        self.encoding = encoding
        self.layout = layout
    }

    /// More than `decodedBytes` can be for each element, so that no sum of sizes wraps.
    private static func mostBytesPerElement(_ encoding: TensorEncoding, _ layout: TensorLayout) -> Int {
        switch encoding {
        case .plain: layout == .rowMajor ? 8 : 128
        case .affine: 32
        case .palette: 4096
        case .sparse(let sparse): if case .palette = sparse.values { 4096 } else { 64 }
        }
    }

    /// Bytes of the decoded elements.
    var byteCount: Int { shape.elementCount * elementType.byteCount }

    /// Bytes of everything that a reader holds: the decoded elements, and unless they are the same, the components.
    var decodedBytes: Int {
        let stored = components.reduce(0) { $0 + $1.byteCount }
        return encoding == .plain && layout == .rowMajor ? stored : byteCount + stored
    }

    private static func components(
        _ encoding: TensorEncoding, _ type: ElementType, _ shape: Shape
    ) throws(PithError) -> [TensorComponent] {
        let count = shape.elementCount
        switch encoding {
        case .plain: return [TensorComponent(type, count: count)]
        case .affine(let affine):
            try check(affine.grouping, affine.scaleType, type, shape)
            let groups = affine.grouping.count(shape)
            var components = [
                TensorComponent(byteCount: affine.codeType.byteCount(count)),
                TensorComponent(affine.scaleType, count: groups),
            ]
            if affine.hasZeroPoints {
                components.append(TensorComponent(byteCount: affine.codeType.byteCount(groups)))
            }
            return components
        case .palette(let palette):
            try check(palette.grouping, palette.entryType, type, shape)
            guard (2...256).contains(palette.entryCount) else {
                throw PithError(.malformed, "a palette of \(palette.entryCount) entries")
            }
            return [
                TensorComponent(byteCount: count),
                TensorComponent(palette.entryType, count: palette.grouping.count(shape) * palette.entryCount),
            ]
        case .sparse: throw PithError(.malformed, "the values of a sparse tensor are sparse")
        }
    }

    private static func components(
        _ sparse: SparseEncoding, _ type: ElementType, _ shape: Shape
    ) throws(PithError) -> [TensorComponent] {
        guard sparse.count >= 0, sparse.count <= shape.elementCount else {
            throw PithError(.malformed, "\(sparse.count) elements of \(shape.elementCount) are not zero")
        }
        guard sparse.extraByteCount >= 0, sparse.extraByteCount <= sparse.count * SparsePositions.mostExtraBytes else {
            throw PithError(.malformed, "\(sparse.count) gaps cannot have \(sparse.extraByteCount) bytes of extra bits")
        }
        return [
            TensorComponent(byteCount: sparse.count), TensorComponent(byteCount: sparse.extraByteCount),
        ] + (try components(sparse.values.encoding, type, Shape(checking: [sparse.count])))
    }

    private static func check(
        _ grouping: EncodingGroups, _ number: ElementType, _ type: ElementType, _ shape: Shape
    ) throws(PithError) {
        guard type == .float32, [.float32, .float16, .bfloat16].contains(number) else {
            throw PithError(.malformed, "\(number.shortName) cannot stand for \(type.shortName)")
        }
        guard grouping.fits(shape) else { throw PithError(.malformed, "the groups of an encoding do not fit \(shape)") }
    }
}

extension TensorForm {
    /// What each component is, for people.
    var componentNames: [String] {
        guard case .sparse(let sparse) = encoding else { return Self.names(encoding) }
        return ["gaps", "gap bits"] + Self.names(sparse.values.encoding)
    }

    private static func names(_ encoding: TensorEncoding) -> [String] {
        switch encoding {
        case .affine(let affine): affine.hasZeroPoints ? ["codes", "scales", "zero points"] : ["codes", "scales"]
        case .palette: ["indices", "entries"]
        case .plain, .sparse: ["elements"]
        }
    }
}
