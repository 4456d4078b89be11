import PithFormat
import PithGraph
import Testing

/// Encoded tensors whose checksums are all right and whose contents are not.
@Suite("Lying encodings") struct LyingEncodingTests {
    /// A file of one tensor `a`: the index after its type, and its components, each one raw chunk.
    private func refused(
        type: UInt8 = 1, _ fields: [UInt8], _ components: [[UInt8]], features: UInt64, decoded: Int
    ) -> PithError.Code? {
        let stored = components.filter { !$0.isEmpty }
        var index: [UInt8] = [18, 1, 1, 0x61, type] + fields
        for component in stored { index += [0] + leb(UInt64(component.count)) }
        index += crc(stored.flatMap { $0 })
        return refusal(
            HandFile(
                features: features, decodedBytes: UInt64(decoded),
                sections: [("TNSR", index), ("DATA", stored.flatMap { $0 })]
            ).bytes)
    }

    private let one = le32(Float(1).bitPattern)
    private let infinity = le32(Float.infinity.bitPattern)

    @Test("affine")
    func affine() {
        // Shape [3], codes int4 with one scale, and with a zero point.
        let plain: [UInt8] = [1, 1, 3, 16, 1, 0]
        #expect(refused(plain, [[0x21, 0x03], one], features: 4, decoded: 18) == nil)
        #expect(refused(plain, [[0x21, 0x13], one], features: 4, decoded: 18) == .nonZeroPadding)
        #expect(refused(plain, [[0x21, 0x03], infinity], features: 4, decoded: 18) == .malformed)
        #expect(refused(plain, [[0x21, 0x03], one], features: 4, decoded: 17) == .falseDeclaration)
        #expect(refused(plain, [[0x21, 0x03], one], features: 0, decoded: 18) == .falseDeclaration)
        // Scale arrays of the wrong length, codes of the wrong length, none at all.
        #expect(refused(plain, [[0x21, 0x03], one + one], features: 4, decoded: 18) == .malformed)
        #expect(refused(plain, [[0x21, 0x03, 0x04], one], features: 4, decoded: 18) == .malformed)
        #expect(refused(plain, [[0x21, 0x03]], features: 4, decoded: 18) != nil)
        let shifted: [UInt8] = [1, 1, 3, 16, 1, 16]
        #expect(refused(shifted, [[0x21, 0x03], one, [0x05]], features: 4, decoded: 19) == nil)
        #expect(refused(shifted, [[0x21, 0x03], one, [0x15]], features: 4, decoded: 19) == .nonZeroPadding)
        // Code type, scale type, group kind, axis, size of a slice and of a block.
        #expect(refused([1, 1, 3, 15, 1, 0], [[1, 2, 3], one], features: 4, decoded: 19) == .unsupportedFeature)
        #expect(refused([1, 1, 3, 10, 2, 0], [[1, 2, 3], one], features: 4, decoded: 19) == .malformed)
        #expect(refused([1, 1, 3, 10, 1, 3], [[1, 2, 3], one], features: 4, decoded: 19) == .unsupportedFeature)
        #expect(refused([1, 1, 3, 10, 1, 1, 0, 3], [[1, 2, 3], one], features: 4, decoded: 19) == nil)
        #expect(refused([1, 1, 3, 10, 1, 1, 1, 3], [[1, 2, 3], one], features: 4, decoded: 19) == .malformed)
        #expect(refused([1, 1, 3, 10, 1, 1, 0, 0], [[1, 2, 3], one], features: 4, decoded: 19) == .malformed)
        #expect(refused([1, 1, 3, 10, 1, 2, 0, 31], [[1, 2, 3], one], features: 4, decoded: 19) == .malformed)
        #expect(refused([1, 1, 3, 10, 1, 2, 0, 32], [[1, 2, 3], one], features: 4, decoded: 19) == nil)
        // Only float32 can be encoded.
        #expect(refused(type: 4, plain, [[0x21, 0x03], one], features: 4, decoded: 12) == .malformed)
    }

    @Test("palettes")
    func palette() {
        let fields: [UInt8] = [2, 1, 3, 1, 2, 0]
        #expect(refused(fields, [[0, 1, 0], one + one], features: 8, decoded: 23) == nil)
        #expect(refused(fields, [[0, 2, 0], one + one], features: 8, decoded: 23) == .malformed)
        #expect(refused(fields, [[0, 1, 0], one + infinity], features: 8, decoded: 23) == .malformed)
        #expect(refused([2, 1, 3, 1, 1, 0], [[0, 0, 0], one], features: 8, decoded: 19) == .malformed)
        let many = [2, 1, 3, 1] + leb(257) + [0]
        #expect(refused(many, [[0, 0, 0], one], features: 8, decoded: 19) == .limitExceeded)
        let shifted: [UInt8] = [2, 1, 3, 1, 2, 16]
        #expect(refused(shifted, [[0, 1, 0], one + one], features: 8, decoded: 23) == .unsupportedFeature)
    }

    @Test("sparse")
    func sparse() {
        // Two bytes of a uint8 tensor of 200: shape, count, scan, extra bytes, plain values.
        func form(scan: UInt8 = 0, extra: UInt8 = 1, values: UInt8 = 0) -> [UInt8] {
            [3, 1] + leb(200) + [2, scan, extra, values]
        }
        func refused(_ gaps: [UInt8], _ extra: [UInt8], _ fields: [UInt8]? = nil) -> PithError.Code? {
            self.refused(
                type: 14, fields ?? form(extra: UInt8(extra.count)), [gaps, extra, [7, 8]], features: 16,
                decoded: 204 + extra.count)
        }
        #expect(refused([3, 22], [0x40]) == nil)
        #expect(refused([3, 22], [0x42]) == .nonZeroPadding)
        #expect(refused([3, 22], []) == .malformed)
        #expect(refused([3, 22], [0x40, 0]) == .malformed)
        #expect(refused([3, 7], [0]) == .malformed)
        // The last position is 199: gaps 3 and 195 = (4 + 2) * 2^5 + 3.
        #expect(refused([3, 26], [3 << 3]) == nil)
        #expect(refused([3, 26], [4 << 3]) == .malformed)
        #expect(refused([3, 156], [0, 0, 0, 0, 0]) == .malformed)
        #expect(refused([3, 155], [0xFF, 0xFF, 0xFF, 0xFF, 0xF8]) == .malformed)
        #expect(refused([3, 22], [0x40], form(scan: 2)) == .unsupportedFeature)
        #expect(refused([3, 22], [0x40], form(values: 3)) == .unsupportedFeature)
        #expect(refused([3, 22], [0x40], form(extra: 11)) == .malformed)
        #expect(refused([3, 22], [0x40], [3, 1, 1, 2, 0, 1, 0]) == .malformed)
    }

    @Test("panels and foreign elements")
    func layouts() {
        // One row of one column: 15 floats of padding.
        let panel = one + [UInt8](repeating: 0, count: 60)
        #expect(refused([0x10, 2, 1, 1], [panel], features: 32, decoded: 68) == nil)
        #expect(refused([0x20, 2, 1, 1], [panel], features: 32, decoded: 68) == nil)
        #expect(refused([0x30, 2, 1, 1], [panel], features: 32, decoded: 68) == .unsupportedFeature)
        #expect(refused([0x10, 2, 1, 1], [one + one + panel[8...]], features: 32, decoded: 68) == .nonZeroPadding)
        #expect(refused([0x10, 1, 1], [panel], features: 32, decoded: 68) == .malformed)
        #expect(refused(type: 8, [0x10, 2, 1, 1], [panel], features: 32, decoded: 68) == .malformed)
        #expect(refused([0x12, 2, 1, 1, 1, 2, 0], [[0], one + one], features: 40, decoded: 13) == .malformed)
        #expect(refused(type: 14, [4, 1, 2, 1, 0x74, 1, 1], [[1, 2]], features: 64, decoded: 2) == nil)
        #expect(refused(type: 13, [4, 1, 1, 1, 0x74, 1, 1], [[1, 2]], features: 64, decoded: 2) == .malformed)
        #expect(refused(type: 14, [4, 1, 2, 0, 1, 1], [[1, 2]], features: 64, decoded: 2) == .invalidName)
        #expect(refused(type: 14, [0x14, 1, 2, 1, 0x74, 1, 1], [[1, 2]], features: 64, decoded: 2) != nil)
    }

    @Test("extents whose groups or panels would wrap or fill memory")
    func bombs() {
        let huge = leb(1 << 40)
        #expect(refused([0x10, 2] + huge + [0], [], features: 32, decoded: 0) != nil)
        #expect(refused([0x20, 2] + huge + [1], [[1]], features: 32, decoded: 1 << 20) == .truncated)
        #expect(refused([1, 2] + huge + [0, 10, 1, 1, 0, 1], [], features: 4, decoded: 0) != .limitExceeded)
        let palettes = [2, 1] + huge + [1] + leb(256) + [1, 0, 1]
        #expect(refused(palettes, [[1]], features: 8, decoded: 1 << 20) == .truncated)
        #expect(refused([3, 1] + huge + [0, 0, 0, 0], [], features: 16, decoded: 1 << 42) == .limitExceeded)
    }
}
