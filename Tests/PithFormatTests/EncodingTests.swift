import CPithKernels
import Foundation
import PithFormat
import PithGraph
import Testing

/// Encodings against the specification's formulas, worked out element by element from the element's own indices.
@Suite("Encodings") struct EncodingTests {
    private var random = SplitMix(state: 7)

    private static let groupings: [EncodingGroups] = [
        .tensor, .slices(axis: 0, size: 1), .slices(axis: 1, size: 1), .slices(axis: 1, size: 7),
        .blocks(axis: 0, size: 32), .blocks(axis: 1, size: 32), .blocks(axis: 2, size: 64),
    ]

    private static let shape: Shape = [3, 70, 5]

    /// The group of element (i, j, k) by the table of section 4.2.
    private func group(_ groups: EncodingGroups, _ place: [Int]) -> Int {
        let extents = Self.shape.dimensions
        switch groups {
        case .tensor: return 0
        case .slices(let axis, let size): return place[axis] / size
        case .blocks(let axis, let size):
            var (place, extents) = (place, extents)
            place[axis] /= size
            extents[axis] = (extents[axis] + size - 1) / size
            return (place[0] * extents[1] + place[1]) * extents[2] + place[2]
        }
    }

    private func groupCount(_ groups: EncodingGroups) -> Int {
        let last = Self.shape.dimensions.map { $0 - 1 }
        switch groups {
        case .tensor, .slices: return group(groups, last) + 1
        case .blocks: return group(groups, last) + 1
        }
    }

    private func floats(_ tensor: StoredTensor) -> [Float] {
        let bytes = tensor.bytes
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
        }
    }

    private mutating func someBytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    /// Numbers of a type as bytes, and their values by Swift's own `Float16`.
    private mutating func someNumbers(_ type: ElementType, _ count: Int) -> (bytes: [UInt8], values: [Float]) {
        var (bytes, values): ([UInt8], [Float]) = ([], [])
        for _ in 0..<count {
            switch type {
            case .float16:
                var bits = UInt16(truncatingIfNeeded: random.next())
                if bits & 0x7C00 == 0x7C00 { bits &= 0x83FF }  // infinities and NaNs become subnormal
                bytes += [UInt8(bits & 0xFF), UInt8(bits >> 8)]
                values.append(Float(Float16(bitPattern: bits)))
            case .bfloat16:
                let bits = UInt16(truncatingIfNeeded: random.next()) & 0xBFFF
                bytes += [UInt8(bits & 0xFF), UInt8(bits >> 8)]
                values.append(Float(bitPattern: UInt32(bits) << 16))
            default:
                let value = Float(Int64(truncatingIfNeeded: random.next()) >> 40) * 0x1p-24
                bytes += le32(value.bitPattern)
                values.append(value)
            }
        }
        return (bytes, values)
    }

    private func places() -> [[Int]] {
        (0..<3).flatMap { i in (0..<70).flatMap { j in (0..<5).map { [i, j, $0] } } }
    }

    @Test(
        "affine: every type of code, of scale and of group",
        arguments: AffineEncoding.CodeType.allCases, EncodingTests.groupings)
    mutating func affine(codeType: AffineEncoding.CodeType, groups: EncodingGroups) throws {
        let count = Self.shape.elementCount
        let number = groupCount(groups)
        for (scaleType, hasZeros): (ElementType, Bool) in [(.float32, false), (.float16, true), (.bfloat16, true)] {
            let narrow = codeType == .int4 || codeType == .uint4
            var codes = someBytes(narrow ? (count + 1) / 2 : count)
            if narrow && count % 2 == 1 { codes[count / 2] &= 15 }
            var zeros = someBytes(narrow ? (number + 1) / 2 : number)
            if narrow && number % 2 == 1 { zeros[number / 2] &= 15 }
            let scales = someNumbers(scaleType, number)
            func value(_ bytes: [UInt8], _ index: Int) -> Int {
                switch codeType {
                case .int8: return Int(bytes[index]) - (bytes[index] >= 128 ? 256 : 0)
                case .uint8: return Int(bytes[index])
                case .int4, .uint4:
                    let nibble = index % 2 == 0 ? Int(bytes[index / 2]) % 16 : Int(bytes[index / 2]) / 16
                    return codeType == .int4 && nibble >= 8 ? nibble - 16 : nibble
                }
            }
            let encoding = TensorEncoding.affine(
                AffineEncoding(codeType, scaleType: scaleType, grouping: groups, hasZeroPoints: hasZeros))
            let tensor = try StoredTensor(
                name: "w", elementType: .float32, shape: Self.shape, encoding: encoding,
                components: [codes, scales.bytes] + (hasZeros ? [zeros] : []))
            let expected = places().enumerated().map { index, place in
                let group = group(groups, place)
                return Float(value(codes, index) - (hasZeros ? value(zeros, group) : 0)) * scales.values[group]
            }
            #expect(floats(tensor).map { $0.bitPattern } == expected.map { $0.bitPattern })
            try comesBack(tensor)
        }
    }

    @Test("palettes: every type of entry and group", arguments: EncodingTests.groupings)
    mutating func palette(groups: EncodingGroups) throws {
        for (type, entryCount): (ElementType, Int) in [(.float32, 2), (.float16, 7), (.bfloat16, 256)] {
            let indices = someBytes(Self.shape.elementCount).map { UInt8(Int($0) % entryCount) }
            let entries = someNumbers(type, groupCount(groups) * entryCount)
            let encoding = TensorEncoding.palette(PaletteEncoding(type, entryCount: entryCount, grouping: groups))
            let tensor = try StoredTensor(
                name: "w", elementType: .float32, shape: Self.shape, encoding: encoding,
                components: [indices, entries.bytes])
            let expected = places().enumerated().map { index, place in
                entries.values[group(groups, place) * entryCount + Int(indices[index])]
            }
            #expect(floats(tensor).map { $0.bitPattern } == expected.map { $0.bitPattern })
            try comesBack(tensor)
        }
    }

    @Test("gaps and extra bits, worked out by hand")
    func gaps() throws {
        // Gaps 3, 100 and 8: symbol 3; 100 = (4 + 2) * 2^4 + 4 is symbol 22 with 0100; 8 is symbol 8 with 0.
        let tensor = try StoredTensor(
            name: "s", elementType: .uint8, shape: [200], positions: [3, 104, 113], values: .plain,
            valueComponents: [[7, 8, 9]])
        #expect(tensor.components == [[3, 22, 8], [0b0100_0000], [7, 8, 9]])
        #expect(
            tensor.encoding == .sparse(SparseEncoding(count: 3, scan: .rowMajor, values: .plain, extraByteCount: 1)))
        var expected = [UInt8](repeating: 0, count: 200)
        (expected[3], expected[104], expected[113]) = (7, 8, 9)
        #expect(tensor.bytes == expected)
    }

    @Test("sparse tensors of every kind of values and both scans")
    mutating func sparse() throws {
        let (rows, columns) = (37, 911)
        for density in [0, 1, 30, 500, 1000] {
            for scan in SparseEncoding.Scan.allCases {
                let positions = (0..<(rows * columns)).filter { _ in random.next() % 1000 < density }
                let indices = positions.map { UInt8($0 % 5) }
                let entries = someNumbers(.float16, 5)
                let tensor = try StoredTensor(
                    name: "s", elementType: .float32, shape: [rows, columns], positions: positions, scan: scan,
                    values: .palette(PaletteEncoding(.float16, entryCount: 5)),
                    valueComponents: [indices, entries.bytes])
                var expected = [Float](repeating: 0, count: rows * columns)
                for (position, index) in zip(positions, indices) {
                    let place =
                        scan == .rowMajor ? position : position % rows * columns + position / rows
                    expected[place] = entries.values[Int(index)]
                }
                #expect(floats(tensor).map { $0.bitPattern } == expected.map { $0.bitPattern })
                try comesBack(tensor)
            }
        }
        let codes = try StoredTensor(
            name: "s", elementType: .float32, shape: [2, 3], positions: [1, 4, 5],
            values: .affine(AffineEncoding(.int4)), valueComponents: [[0xF7, 0x08], le32(Float(0.5).bitPattern)])
        #expect(floats(codes) == [0, 3.5, 0, 0, -0.5, -4])
        try comesBack(codes)
        #expect(throws: PithError(.invalidArgument, "")) {
            _ = try StoredTensor(
                name: "s", elementType: .uint8, shape: [9], positions: [3, 3], values: .plain,
                valueComponents: [[1, 2]])
        }
    }

    @Test("a sparse network of 2 % takes within 3 % of the entropy of its positions and indices")
    mutating func sparseSize() throws {
        let count = 266_200
        let positions = (0..<count).filter { _ in random.next() % 50 == 0 }
        let indices = positions.map { _ in UInt8(random.next() % 4) }
        let tensor = try StoredTensor(
            name: "w", elementType: .float32, shape: [count], positions: positions,
            values: .palette(PaletteEncoding(.bfloat16, entryCount: 4)),
            valueComponents: [indices, someNumbers(.bfloat16, 4).bytes])
        let bytes = try ModelFile(role: .weights, tensors: [tensor]).encoded()
        let share = Double(positions.count) / Double(count)
        let bits = -(share * log2(share) + (1 - share) * log2(1 - share)) * Double(count) + 2 * Double(indices.count)
        #expect(Double(bytes.count) <= bits / 8 * 1.03)
    }

    @Test("panels are those of the kernels, and come back", arguments: [(5, 7), (16, 16), (3, 33), (40, 1), (0, 4)])
    mutating func panels(rows: Int, columns: Int) throws {
        let values = someNumbers(.float32, rows * columns)
        let plain = try StoredTensor(
            name: "w", elementType: .float32, shape: [rows, columns], bytes: values.bytes)
        for (layout, k, n, kStride, nStride): (TensorLayout, Int, Int, Int, Int) in [
            (.panels, rows, columns, columns, 1), (.transposedPanels, columns, rows, 1, columns),
        ] {
            var packed = [Float](repeating: 1, count: pith_pack_size(k, n))
            unsafe packed.withUnsafeMutableBufferPointer { packed in
                unsafe values.values.withUnsafeBufferPointer {
                    unsafe pith_pack_f32(packed.baseAddress, $0.baseAddress, k, n, kStride, nStride)
                }
            }
            let tensor = try plain.laidOut(layout)
            #expect(tensor.components == [packed.flatMap { le32($0.bitPattern) }])
            #expect(tensor.bytes == plain.bytes)
            #expect(try tensor.laidOut(.rowMajor) == plain)
            try comesBack(tensor)
        }
    }

    @Test("foreign elements are carried")
    func foreign() throws {
        let foreign = ForeignElements(typeName: "complex64", shape: [2, 1])
        let tensor = try StoredTensor(name: "c", foreign: foreign, bytes: Array(0..<16))
        #expect(tensor.shape == [16])
        try comesBack(tensor)
        #expect(throws: PithError(.invalidName, "")) {
            _ = try StoredTensor(name: "c", foreign: ForeignElements(typeName: "", shape: []), bytes: [])
        }
    }

    /// Written and read, raw and compressed, with small chunks: the same tensor.
    private func comesBack(_ tensor: StoredTensor, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for level in EncodingOptions.Level.allCases {
            let bytes = try ModelFile(role: .weights, tensors: [tensor]).encoded(
                EncodingOptions(level: level, chunkByteCount: 4096))
            #expect(try ModelFile.decode(bytes).tensors == [tensor], sourceLocation: sourceLocation)
        }
    }
}
