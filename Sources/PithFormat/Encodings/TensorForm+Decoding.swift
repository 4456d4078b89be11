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
        guard floats(bytes, type).allSatisfy({ $0.isFinite }) else {
            throw PithError(.malformed, "a scale or an entry of a palette is not finite")
        }
    }

    /// The elements, row-major.
    ///
    /// - Precondition: `check(bytes)` throws nothing.
    /// - Complexity: O(n) in the number of elements.
    func elements(_ bytes: [[UInt8]]) -> [UInt8] {
        switch encoding {
        case .plain: layout == .rowMajor ? bytes[0] : unpacked(bytes[0])
        case .affine(let affine): Self.bytes(Self.values(affine, shape, bytes[...]))
        case .palette(let palette): Self.bytes(Self.values(palette, shape, bytes[...]))
        case .sparse(let sparse): scattered(sparse, bytes)
        }
    }

    private func unpacked(_ bytes: [UInt8]) -> [UInt8] {
        let width = elementType.byteCount
        var result = [UInt8](repeating: 0, count: byteCount)
        var target = 0
        for row in 0..<shape[0] {
            for column in 0..<shape[1] {
                let source = layout.place(row, column, shape) * width
                for byte in 0..<width { result[target + byte] = bytes[source + byte] }
                target += width
            }
        }
        return result
    }

    /// The inverse of `unpacked`: panels, with zeros after the last column.
    func packed(_ elements: [UInt8]) -> [UInt8] {
        let width = elementType.byteCount
        var result = [UInt8](repeating: 0, count: components[0].byteCount)
        var source = 0
        for row in 0..<shape[0] {
            for column in 0..<shape[1] {
                let target = layout.place(row, column, shape) * width
                for byte in 0..<width { result[target + byte] = elements[source + byte] }
                source += width
            }
        }
        return result
    }

    private func scattered(_ sparse: SparseEncoding, _ bytes: [[UInt8]]) -> [UInt8] {
        let width = elementType.byteCount
        let values: [UInt8]
        let list = Shape([sparse.count])
        switch sparse.values {
        case .plain: values = bytes[2]
        case .affine(let affine): values = Self.bytes(Self.values(affine, list, bytes[2...]))
        case .palette(let palette): values = Self.bytes(Self.values(palette, list, bytes[2...]))
        }
        var result = [UInt8](repeating: 0, count: byteCount)
        var source = 0
        let order = ScanOrder(sparse.scan, shape)
        do throws(PithError) {
            try SparsePositions.forEach(bytes[0], bytes[1], limit: shape.elementCount) { position in
                let target = order.place(position) * width
                for byte in 0..<width { result[target + byte] = values[source + byte] }
                source += width
            }
        } catch {
            preconditionFailure("the components were not checked")
        }
        return result
    }

    private static func values(
        _ affine: AffineEncoding, _ shape: Shape, _ bytes: ArraySlice<[UInt8]>
    ) -> [Float] {
        let parts = affineParts(affine, shape, bytes)
        var result = [Float](repeating: 0, count: shape.elementCount)
        affine.grouping.forEachRun(shape) { run, group in
            let (zero, scale) = (parts.zeros[group], parts.scales[group])
            for index in run { result[index] = Float(parts.codes[index] - zero) * scale }
        }
        return result
    }

    /// The components of an affine tensor as numbers.
    static func affineParts(
        _ affine: AffineEncoding, _ shape: Shape, _ bytes: ArraySlice<[UInt8]>
    ) -> (codes: [Int], scales: [Float], zeros: [Int]) {
        let first = bytes.startIndex
        let scales = floats(bytes[first + 1], affine.scaleType)
        let zeros =
            affine.hasZeroPoints
            ? integers(bytes[first + 2], affine.codeType, scales.count) : [Int](repeating: 0, count: scales.count)
        return (integers(bytes[first], affine.codeType, shape.elementCount), scales, zeros)
    }

    private static func values(
        _ palette: PaletteEncoding, _ shape: Shape, _ bytes: ArraySlice<[UInt8]>
    ) -> [Float] {
        let indices = bytes[bytes.startIndex]
        let entries = floats(bytes[bytes.startIndex + 1], palette.entryType)
        var result = [Float](repeating: 0, count: shape.elementCount)
        palette.grouping.forEachRun(shape) { run, group in
            for index in run { result[index] = entries[group * palette.entryCount + Int(indices[index])] }
        }
        return result
    }

    private static func bytes(_ values: [Float]) -> [UInt8] {
        var writer = ByteWriter(capacity: 4 * values.count)
        for value in values { writer.uint32(value.bitPattern) }
        return writer.bytes
    }

    private static func integers(_ bytes: [UInt8], _ type: AffineEncoding.CodeType, _ count: Int) -> [Int] {
        (0..<count).map { index in
            let code = type.bitCount == 8 ? bytes[index] : bytes[index / 2] >> (index % 2 == 0 ? 0 : 4) & 15
            return switch type {
            case .uint8, .uint4: Int(code)
            case .int8: Int(Int8(bitPattern: code))
            case .int4: Int(Int8(bitPattern: code << 4) >> 4)
            }
        }
    }

    /// Numbers widened to `float32`, which is exact.
    private static func floats(_ bytes: [UInt8], _ type: ElementType) -> [Float] {
        let width = type.byteCount
        return (0..<(bytes.count / width)).map { index in
            let start = index * width
            let low = UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8
            switch type {
            case .float16: return widened(low)
            case .bfloat16: return Float(bitPattern: low << 16)
            default: return Float(bitPattern: low | UInt32(bytes[start + 2]) << 16 | UInt32(bytes[start + 3]) << 24)
            }
        }
    }

    /// A binary16 as a binary32: its significand, a whole number of 2⁻²⁴ or more, or infinity for what is not finite.
    private static func widened(_ half: UInt32) -> Float {
        let exponent = half >> 10 & 31
        let sign: Float = half & 0x8000 == 0 ? 1 : -1
        guard exponent < 31 else { return .infinity }
        let significand = exponent == 0 ? half & 0x3FF : half & 0x3FF | 0x400
        return sign * (Float(significand) * Float(bitPattern: (max(exponent, 1) + 102) << 23))
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
