import PithGraph

extension TensorForm {
    /// The elements, row-major.
    ///
    /// - Precondition: `check(bytes)` throws nothing.
    /// - Complexity: O(n) in the number of elements.
    func elements(_ bytes: [[UInt8]]) -> [UInt8] {
        guard encoding != .plain else { return layout == .rowMajor ? bytes[0] : unpacked(bytes[0]) }
        var result: [UInt8] = []
        result.reserveCapacity(byteCount)
        forEachPiece(bytes, pieceBytes: max(byteCount, 1)) { result = $0 }
        return result
    }

    /// Calls a closure with the elements, row-major, in pieces, so that no more of them is in memory; but for a sparse
    /// tensor whose scan goes by columns.
    ///
    /// - Precondition: It is encoded, and `check(bytes)` throws nothing.
    func forEachPiece(_ bytes: [[UInt8]], pieceBytes: Int, _ receive: ([UInt8]) -> Void) {
        var pieces = ElementPieces(pieceBytes: min(pieceBytes, byteCount))
        switch encoding {
        case .plain: preconditionFailure("plain elements are not decoded")
        case .affine, .palette: Self.forEachValue(encoding, shape, bytes[...]) { pieces.append($0.bitPattern, receive) }
        case .sparse(let sparse) where sparse.scan == .rowMajor:
            let values = values(sparse, bytes)
            let width = elementType.byteCount
            var (next, stored) = (0, 0)
            forEachPosition(bytes) { position in
                pieces.appendZeros((position - next) * width, receive)
                for byte in stored..<(stored + width) { pieces.append(values[byte], receive) }
                next = position + 1
                stored += width
            }
            pieces.appendZeros((shape.elementCount - next) * width, receive)
        case .sparse(let sparse):
            for byte in scattered(sparse, bytes) { pieces.append(byte, receive) }
        }
        pieces.finish(receive)
    }

    private func unpacked(_ bytes: [UInt8]) -> [UInt8] {
        let width = elementType.byteCount
        var result = [UInt8](repeating: 0, count: byteCount)
        forEachPlace { target, source in
            for byte in 0..<width { result[target * width + byte] = bytes[source * width + byte] }
        }
        return result
    }

    /// The inverse of `unpacked`: panels, with zeros after the last column.
    func packed(_ elements: [UInt8]) -> [UInt8] {
        let width = elementType.byteCount
        var result = [UInt8](repeating: 0, count: components[0].byteCount)
        forEachPlace { source, target in
            for byte in 0..<width { result[target * width + byte] = elements[source * width + byte] }
        }
        return result
    }

    /// Calls a closure for each element of a matrix, with its place row-major and that in the layout.
    private func forEachPlace(_ body: (_ element: Int, _ place: Int) -> Void) {
        for row in 0..<shape[0] {
            for column in 0..<shape[1] { body(row * shape[1] + column, layout.place(row, column, shape)) }
        }
    }

    private func scattered(_ sparse: SparseEncoding, _ bytes: [[UInt8]]) -> [UInt8] {
        let width = elementType.byteCount
        let values = values(sparse, bytes)
        var result = [UInt8](repeating: 0, count: byteCount)
        var source = 0
        let order = ScanOrder(sparse.scan, shape)
        forEachPosition(bytes) { position in
            let target = order.place(position) * width
            for byte in 0..<width { result[target + byte] = values[source + byte] }
            source += width
        }
        return result
    }

    private func forEachPosition(_ bytes: [[UInt8]], _ body: (Int) -> Void) {
        do throws(PithError) {
            try SparsePositions.forEach(bytes[0], bytes[1], limit: shape.elementCount, body)
        } catch {
            preconditionFailure("the components were not checked")
        }
    }

    /// The stored elements of a sparse tensor.
    private func values(_ sparse: SparseEncoding, _ bytes: [[UInt8]]) -> [UInt8] {
        guard sparse.values != .plain else { return bytes[2] }
        var writer = ByteWriter(capacity: 4 * sparse.count)
        Self.forEachValue(sparse.values.encoding, Shape([sparse.count]), bytes[2...]) { writer.uint32($0.bitPattern) }
        return writer.bytes
    }

    /// Calls a closure with the elements of an affine tensor or a palette, row-major.
    private static func forEachValue(
        _ encoding: TensorEncoding, _ shape: Shape, _ bytes: ArraySlice<[UInt8]>, _ body: (Float) -> Void
    ) {
        let codes = bytes[bytes.startIndex]
        switch encoding {
        case .affine(let affine):
            let (scales, zeros) = groupParts(affine, bytes)
            affine.grouping.forEachRun(shape) { run, group in
                let (zero, scale) = (zeros[group], scales[group])
                for index in run { body(Float(integer(codes, affine.codeType, index) - zero) * scale) }
            }
        case .palette(let palette):
            let entries = floats(bytes[bytes.startIndex + 1], palette.entryType)
            palette.grouping.forEachRun(shape) { run, group in
                for index in run { body(entries[group * palette.entryCount + Int(codes[index])]) }
            }
        case .plain, .sparse: preconditionFailure("these have no values of their own")
        }
    }

    /// The components of an affine tensor as numbers.
    static func affineParts(
        _ affine: AffineEncoding, _ shape: Shape, _ bytes: ArraySlice<[UInt8]>
    ) -> (codes: [Int], scales: [Float], zeros: [Int]) {
        let (scales, zeros) = groupParts(affine, bytes)
        return (integers(bytes[bytes.startIndex], affine.codeType, shape.elementCount), scales, zeros)
    }

    private static func groupParts(
        _ affine: AffineEncoding, _ bytes: ArraySlice<[UInt8]>
    ) -> (scales: [Float], zeros: [Int]) {
        let first = bytes.startIndex
        let scales = floats(bytes[first + 1], affine.scaleType)
        return (
            scales,
            affine.hasZeroPoints
                ? integers(bytes[first + 2], affine.codeType, scales.count) : [Int](repeating: 0, count: scales.count)
        )
    }

    private static func integers(_ bytes: [UInt8], _ type: AffineEncoding.CodeType, _ count: Int) -> [Int] {
        (0..<count).map { integer(bytes, type, $0) }
    }

    private static func integer(_ bytes: [UInt8], _ type: AffineEncoding.CodeType, _ index: Int) -> Int {
        let code = type.bitCount == 8 ? bytes[index] : bytes[index / 2] >> (index % 2 == 0 ? 0 : 4) & 15
        return switch type {
        case .uint8, .uint4: Int(code)
        case .int8: Int(Int8(bitPattern: code))
        case .int4: Int(Int8(bitPattern: code << 4) >> 4)
        }
    }

    private static func floats(_ bytes: [UInt8], _ type: ElementType) -> [Float] {
        (0..<(bytes.count / type.byteCount)).map { float(bytes, type, $0) }
    }

    /// A number widened to `float32`, which is exact.
    static func float(_ bytes: [UInt8], _ type: ElementType, _ index: Int) -> Float {
        let start = index * type.byteCount
        let low = UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8
        return switch type {
        case .float16: widened(low)
        case .bfloat16: Float(bitPattern: low << 16)
        default: Float(bitPattern: low | UInt32(bytes[start + 2]) << 16 | UInt32(bytes[start + 3]) << 24)
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

/// Elements that are given on in pieces of one length, the last shorter.
private struct ElementPieces {
    typealias Receive = ([UInt8]) -> Void

    private let pieceBytes: Int
    private var piece: [UInt8] = []

    init(pieceBytes: Int) {
        self.pieceBytes = pieceBytes
        piece.reserveCapacity(pieceBytes)
    }

    mutating func append(_ byte: UInt8, _ receive: Receive) {
        piece.append(byte)
        if piece.count == pieceBytes { finish(receive) }
    }

    mutating func append(_ pattern: UInt32, _ receive: Receive) {
        for byte in 0..<4 { append(UInt8(truncatingIfNeeded: pattern >> UInt32(8 * byte)), receive) }
    }

    mutating func appendZeros(_ count: Int, _ receive: Receive) {
        var rest = count
        while rest > 0 {
            let part = min(rest, pieceBytes - piece.count)
            piece += repeatElement(0, count: part)
            rest -= part
            if piece.count == pieceBytes { finish(receive) }
        }
    }

    mutating func finish(_ receive: Receive) {
        guard !piece.isEmpty else { return }
        receive(piece)
        piece.removeAll(keepingCapacity: true)
    }
}
