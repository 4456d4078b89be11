import PithFormat
import PithGraph
import Testing

/// The smallest exact representation: always the same bits, and of the kind that the elements call for.
@Suite("Smallest encoding") struct SmallestTests {
    private func tensor(_ floats: [Float], _ shape: Shape) throws -> StoredTensor {
        let bytes = floats.flatMap { float in
            (0..<4).map { UInt8(truncatingIfNeeded: float.bitPattern >> (8 * UInt32($0))) }
        }
        return try StoredTensor(name: "w", elementType: .float32, shape: shape, bytes: bytes)
    }

    /// Little-endian elements widened to float32 by Swift's own types.
    private func patterns(_ tensor: StoredTensor) -> [UInt32] {
        let (bytes, width) = (tensor.bytes, tensor.elementType.byteCount)
        return stride(from: 0, to: bytes.count, by: width).map { start in
            let word = (0..<width).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
            switch tensor.elementType {
            case .bfloat16: return word << 16
            case .float16: return Float(Float16(bitPattern: UInt16(word))).bitPattern
            default: return word
            }
        }
    }

    private func size(_ tensor: StoredTensor) throws -> Int {
        try ModelFile(role: .weights, tensors: [tensor]).encoded().count
    }

    @Test func sparsePalettesAreFound() throws {
        var random = SplitMix(state: 3)
        let values: [Float] = [-1.5, -0.25, 0.75, 2]
        let floats = (0..<60_000).map { _ in random.next() % 50 == 0 ? values[Int(random.next() % 4)] : 0 }
        let source = try tensor(floats, [200, 300])
        let small = try source.smallest()
        #expect(patterns(small) == floats.map(\.bitPattern))
        guard case .sparse(let sparse) = small.encoding, case .palette(let palette) = sparse.values else {
            Issue.record("\(small.encoding.name)")
            return
        }
        #expect(palette.entryCount == 4 && palette.entryType == .bfloat16)
        #expect(try size(small) < size(source))
    }

    /// Non-zeros in a few columns, which only the other scan sees together.
    @Test func bothScansAreTried() throws {
        var random = SplitMix(state: 4)
        for isTransposed in [false, true] {
            let floats = (0..<160_000).map { index -> Float in
                let line = isTransposed ? index % 400 : index / 400
                return line % 20 == 0 && random.next() % 3 == 0 ? (random.next() % 2 == 0 ? 1 : -0.1) : 0
            }
            let small = try tensor(floats, [400, 400]).smallest()
            guard case .sparse(let sparse) = small.encoding else {
                Issue.record("\(small.encoding.name)")
                return
            }
            #expect(sparse.scan == (isTransposed ? .columnMajor : .rowMajor))
            #expect(patterns(small) == floats.map(\.bitPattern))
        }
    }

    @Test func densePalettesAndNarrowTypesAreFound() throws {
        var random = SplitMix(state: 5)
        let few = (0..<3000).map { _ in Float(random.next() % 5) / 3 }
        let palette = try tensor(few, [3000]).smallest()
        guard case .palette(let found) = palette.encoding else {
            Issue.record("\(palette.encoding.name)")
            return
        }
        #expect(found.entryCount == 5 && found.entryType == .float32)
        #expect(patterns(palette) == few.map(\.bitPattern))
        let brain = (0..<600).map { _ in Float(bitPattern: UInt32(random.next() % 0x7F00) << 16) }
        #expect(try tensor(brain, [600]).smallest().elementType == .bfloat16)
        #expect(try patterns(tensor(brain, [600]).smallest()) == brain.map(\.bitPattern))
        // Every half there is, but for infinities and NaNs.
        let halves = (0..<0x10000).compactMap { bits -> Float? in
            let half = Float16(bitPattern: UInt16(bits))
            return half.isFinite ? Float(half) : nil
        }
        let narrow = try tensor(halves, [halves.count]).smallest()
        #expect(narrow.elementType == .float16)
        #expect(patterns(narrow) == halves.map(\.bitPattern))
    }

    @Test func othersStay() throws {
        var random = SplitMix(state: 6)
        let dense = try tensor(
            (0..<2000).map { _ in Float(bitPattern: 0x3F80_0001 + UInt32(random.next() % 0x7F_FFFE)) }, [2000])
        #expect(try dense.smallest() == dense)
        for special in [Float.nan, .infinity, -0.0] {
            let mixed = [Float](repeating: 0, count: 500) + [special, 1.1]
            let small = try tensor(mixed, [502]).smallest()
            #expect(patterns(small) == mixed.map(\.bitPattern))
        }
        let empty = try tensor([], [0, 3])
        #expect(try empty.smallest() == empty)
        let integers = try StoredTensor(name: "i", elementType: .uint8, shape: [2], bytes: [0, 0])
        #expect(try integers.smallest() == integers)
    }
}
