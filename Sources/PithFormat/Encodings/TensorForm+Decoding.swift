import PithGraph

extension TensorForm {
    /// Checks the components' contents: whatever a reader must refuse.
    ///
    /// - Precondition: The components are as long as this form says.
    /// - Throws: `malformed`, `nonZeroPadding`.
    /// - Complexity: O(n) in the components' bytes, O(1) for plain elements other than `bool`.
    func check(_ bytes: [[UInt8]]) throws(PithError) {
        switch encoding {
        case .plain: try checkElements(bytes[0][...])
        case .affine(let affine): try Self.check(affine, shape.elementCount, bytes[...])
        case .palette(let palette): try Self.check(palette, bytes[...])
        case .sparse(let sparse):
            try SparsePositions.forEach(bytes[0], bytes[1], limit: shape.elementCount) { _ in }
            switch sparse.values {
            case .plain:
                if elementType == .bool, bytes[2].contains(where: { $0 > 1 }) {
                    throw PithError(.malformed, "a bool is neither 0 nor 1")
                }
            case .affine(let affine): try Self.check(affine, sparse.count, bytes[2...])
            case .palette(let palette): try Self.check(palette, bytes[2...])
            }
        }
    }

    /// Checks plain elements, as `checkElements(_:from:)` does.
    func checkElements(_ bytes: ArraySlice<UInt8>, from start: Int = 0) throws(PithError) {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(PithError) in
            try unsafe checkElements(UnsafeRawBufferPointer(bytes), from: start)
        }
    }

    /// Checks plain elements, all of them or some.
    ///
    /// - Parameter start: Bytes of the component before them; whole rows of panels.
    /// - Complexity: O(1) for elements other than `bool` that are not in panels.
    func checkElements(_ bytes: UnsafeRawBufferPointer, from start: Int = 0) throws(PithError) {
        if elementType == .bool, unsafe bytes.contains(where: { $0 > 1 }) {
            throw PithError(.malformed, "a bool is neither 0 nor 1")
        }
        guard layout != .rowMajor else { return }
        let (rows, columns) = layout.matrix(shape)
        let used = columns % TensorLayout.panelWidth * elementType.byteCount
        guard used > 0 else { return }
        // One row of a panel.
        let unit = TensorLayout.panelWidth * elementType.byteCount
        let lastPanel = columns / TensorLayout.panelWidth * rows * unit
        for row in stride(from: max(lastPanel - start, 0), to: bytes.count, by: unit) {
            guard unsafe bytes[(row + used)..<(row + unit)].allSatisfy({ $0 == 0 }) else {
                throw PithError(.nonZeroPadding, "the columns that fill the last panel are not zero")
            }
        }
    }

    private static func check(
        _ affine: AffineEncoding, _ count: Int, _ bytes: ArraySlice<[UInt8]>
    ) throws(PithError) {
        let first = bytes.startIndex
        try checkFinite(bytes[first + 1], affine.scaleType)
        guard affine.codeType.bitCount == 4 else { return }
        if count % 2 == 1, bytes[first][count / 2] >> 4 != 0 {
            throw PithError(.nonZeroPadding, "the half of a byte after the last code is not zero")
        }
        let groups = bytes[first + 1].count / affine.scaleType.byteCount
        if affine.hasZeroPoints, groups % 2 == 1, bytes[first + 2][groups / 2] >> 4 != 0 {
            throw PithError(.nonZeroPadding, "the half of a byte after the last zero point is not zero")
        }
    }

    private static func check(_ palette: PaletteEncoding, _ bytes: ArraySlice<[UInt8]>) throws(PithError) {
        let first = bytes.startIndex
        guard bytes[first].allSatisfy({ Int($0) < palette.entryCount }) else {
            throw PithError(.malformed, "an index is not in its palette of \(palette.entryCount)")
        }
        try checkFinite(bytes[first + 1], palette.entryType)
    }

    private static func checkFinite(_ bytes: [UInt8], _ type: ElementType) throws(PithError) {
        guard (0..<(bytes.count / type.byteCount)).allSatisfy({ Self.float(bytes, type, $0).isFinite }) else {
            throw PithError(.malformed, "a scale or an entry of a palette is not finite")
        }
    }
}

/// Turns a position of a scan into a row-major place.
struct ScanOrder {
    private let scan: SparseEncoding.Scan
    private let dimensions: [Int]
    private let strides: [Int]

    init(_ scan: SparseEncoding.Scan, _ shape: Shape) {
        self.scan = scan
        dimensions = shape.dimensions
        strides = shape.strides
    }

    func place(_ position: Int) -> Int {
        guard scan == .columnMajor else { return position }
        var rest = position
        var place = 0
        for axis in dimensions.indices {
            place += rest % dimensions[axis] * strides[axis]
            rest /= dimensions[axis]
        }
        return place
    }
}
