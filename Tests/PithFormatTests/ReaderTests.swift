import Foundation
import PithFormat
import PithGraph
import Synchronization
import Testing

@Suite("Reading parts of a file") struct ReaderTests {
    private func file() throws -> ModelFile {
        ModelFile(
            role: .weights,
            tensors: [
                try weights("w", [700, 301]), try tensor("b", .uint8, [9]) { UInt8($0) },
                try weights("p", [40, 50]).laidOut(.panels), try tensor("z", .float64, [3, 5000]) { UInt8($0 % 251) },
                try weights("e", [0, 4]),
            ])
    }

    /// Notes which bytes are read.
    private final class Notes: Sendable {
        let ranges = Mutex<[Range<Int>]>([])
        var count: Int { ranges.withLock { $0.reduce(0) { $0 + $1.count } } }
    }

    private func source(_ bytes: [UInt8], _ notes: Notes) -> ByteSource {
        ByteSource(count: bytes.count) { range in
            notes.ranges.withLock { $0.append(range) }
            return Array(bytes[range])
        }
    }

    @Test("one tensor, and rows of one, without the rest", arguments: EncodingOptions.Level.allCases)
    func parts(level: EncodingOptions.Level) throws {
        let file = try file()
        let bytes = try file.encoded(EncodingOptions(level: level, chunkByteCount: 4096))
        let notes = Notes()
        let reader = try ModelReader(source(bytes, notes), options: ReadingOptions(verify: .directoryOnly))
        #expect(notes.count < 3000)
        #expect(reader.tensorNames == ["w", "b", "p", "z", "e"])
        #expect(reader.number(ofTensor: "z") == 3)
        #expect(reader.number(ofTensor: "") == nil)
        for (number, expected) in file.tensors.enumerated() { #expect(try reader.tensor(number) == expected) }
        let before = notes.count
        #expect(try reader.elements(ofTensor: 0, rows: 100..<103) == Array(file.tensors[0].bytes[120_400..<124_012]))
        #expect(notes.count - before <= 4 * 4096)
        #expect(try reader.elements(ofTensor: 1, rows: 2..<4) == [2, 3])
        #expect(try reader.elements(ofTensor: 2, rows: 39..<40) == Array(file.tensors[2].bytes[7800...]))
        #expect(try reader.elements(ofTensor: 3, rows: 0..<3) == file.tensors[3].bytes)
        #expect(try reader.elements(ofTensor: 3, rows: 1..<1) == [])
        #expect(try reader.elements(ofTensor: 4, rows: 0..<0) == [])
        #expect(try reader.contents().tensors == file.tensors)
        for (number, rows) in [(0, 699..<701), (0, -1..<1), (9, 0..<1), (4, 0..<1)] {
            #expect(throws: PithError(.invalidArgument, "")) {
                _ = try reader.elements(ofTensor: number, rows: rows)
            }
        }
        #expect(throws: PithError(.invalidArgument, "")) { _ = try reader.tensor(5) }
    }

    @Test("a tensor in pieces that are not those of its chunks", arguments: EncodingOptions.Level.allCases)
    func pieces(level: EncodingOptions.Level) throws {
        let file = try file()
        let bytes = try file.encoded(EncodingOptions(level: level, chunkByteCount: 1 << 16))
        let reader = try ModelReader(ByteSource(bytes), options: ReadingOptions(verify: .directoryOnly))
        let decoder = unsafe TensorDecoder(reader) { _ in nil }
        for size in [1, 16 * 301, 16384, 20000, 300_000] {
            var all: [UInt8] = []
            var sizes: [Int] = []
            try unsafe decoder.forEachPiece(of: 0, size: size) { elements, first in
                #expect(first * 4 == all.count)
                sizes.append(elements.count / 4)
                unsafe all.append(contentsOf: elements)
            }
            #expect(all == file.tensors[0].bytes)
            #expect(sizes.dropLast().allSatisfy { $0 % size == 0 } && sizes.reduce(0, +) == 700 * 301)
        }
    }

    @Test("from a file, a mapping, memory: the same; a mapping needs no reading")
    func sources() throws {
        let file = try file()
        let path = NSTemporaryDirectory() + "pith-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try file.write(to: path)
        for source in [try ByteSource.file(path), try .mapped(path), ByteSource(try FileIO.read(path: path))] {
            #expect(try ModelReader(source).contents().tensors == file.tensors)
        }
        #expect(throws: PithError(.fileNotFound, "")) { _ = try ByteSource.file(path + "-none") }
        #expect(throws: PithError(.isADirectory, "")) { _ = try ByteSource.mapped(NSTemporaryDirectory()) }
        try FileIO.writeAtomically([], to: path)
        #expect(throws: PithError(.truncated, "")) { _ = try ModelReader(.mapped(path)) }
    }

    @Test("raw tensors of a mapped file are used in place, at multiples of 64; coded ones are not")
    func inPlace() throws {
        let file = try file()
        let path = NSTemporaryDirectory() + "pith-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try file.write(to: path, EncodingOptions(level: .stored))
        let reader = try ModelReader(.mapped(path), options: ReadingOptions(verify: .directoryOnly))
        for (number, tensor) in file.tensors.enumerated() {
            let isCalled = try unsafe reader.withBytesInPlace(ofTensor: number) { bytes in
                #expect(unsafe Array(bytes) == tensor.components[0])
                if let start = bytes.baseAddress, bytes.count > 4096 {
                    #expect(Int(bitPattern: start) % 64 == 0)
                }
            }
            #expect(isCalled)
        }
        try file.write(to: path)
        let coded = try ModelReader(.mapped(path))
        #expect(try unsafe !coded.withBytesInPlace(ofTensor: 0) { _ in })
        #expect(try unsafe !ModelReader(.file(path)).withBytesInPlace(ofTensor: 1) { _ in })
    }

    @Test("damage in a chunk: found at once, or when the chunk is read")
    func verification() throws {
        var bytes = try file().encoded()
        bytes[bytes.count - 2000] ^= 1  // in z, the last with elements
        #expect(throws: PithError(.checksumMismatch, "")) { _ = try ModelReader(ByteSource(bytes)) }
        let reader = try ModelReader(ByteSource(bytes), options: ReadingOptions(verify: .directoryOnly))
        _ = try reader.tensor(0)
        #expect(throws: PithError(.checksumMismatch, "")) { _ = try reader.tensor(3) }
        #expect(throws: PithError(.checksumMismatch, "")) { _ = try reader.elements(ofTensor: 3, rows: 2..<3) }
        #expect(throws: PithError(.checksumMismatch, "")) { try reader.verify() }
    }

    @Test("encoded tensors that are larger than a piece are given in pieces, the same elements as all at once")
    func encodedPieces() throws {
        let count = 3_000_000
        let codes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let half: [UInt8] = [0, 0, 0, 0x3F]
        let integers = try StoredTensor(
            name: "a", elementType: .float32, shape: [count], encoding: .affine(AffineEncoding(.int8)),
            components: [codes, half])
        let positions = Array(stride(from: 5, to: count, by: 1000))
        let sparse = try StoredTensor(
            name: "b", elementType: .float32, shape: [1000, count / 1000], positions: positions, values: .plain,
            valueComponents: [positions.flatMap { _ in half }])
        let reader = try ModelReader(
            ByteSource(ModelFile(role: .weights, tensors: [integers, sparse]).encoded()))
        func bytes(_ value: Float) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * $0)) }
        }
        let expected = [
            codes.flatMap { bytes(Float(Int8(bitPattern: $0)) * 0.5) },
            (0..<count).flatMap { bytes($0 % 1000 == 5 ? 0.5 : 0) },
        ]
        for number in 0..<2 {
            var pieces: [[UInt8]] = []
            try reader.forEachPiece(ofTensor: number) { pieces.append($0) }
            #expect(pieces.map { $0.count } == [8 << 20, 4 * count - 8 << 20])
            #expect(pieces.flatMap { $0 } == expected[number])
            #expect(throws: PithError(.invalidArgument, "")) {
                try reader.forEachPiece(ofTensor: number) { _ throws(PithError) in
                    throw PithError(.invalidArgument, "enough")
                }
            }
        }
    }

    @Test("what is not zero before a large tensor is found by reading it in pieces")
    func paddingBeforePieces() throws {
        let file = ModelFile(role: .weights, tensors: [try weights("large", [3000, 1000])])
        var bytes = try file.encoded(EncodingOptions(level: .stored))
        let start = bytes.count - 12_000_000
        #expect(start % 64 == 0 && bytes[start - 1] == 0)
        bytes[start - 1] = 1
        let reader = try ModelReader(ByteSource(bytes), options: ReadingOptions(verify: .directoryOnly))
        #expect(throws: PithError(.nonZeroPadding, "")) { try reader.forEachPiece(ofTensor: 0) { _ in } }
        bytes[start - 1] = 0
        var count = 0
        try ModelReader(ByteSource(bytes)).forEachPiece(ofTensor: 0) { count += $0.count }
        #expect(count == 12_000_000)
    }

    @Test("decoding shared among threads gives the same tensors and the same first error")
    func parallel() throws {
        let file = try file()
        for chunkByteCount in [4096, 1 << 18] {
            let bytes = try file.encoded(EncodingOptions(chunkByteCount: chunkByteCount))
            let parallel: ReadingOptions.ParallelFor = { count, body in
                nonisolated(unsafe) let body = body
                DispatchQueue.concurrentPerform(iterations: count) { unsafe body($0) }
            }
            #expect(try ModelFile.decode(bytes, parallel: parallel).tensors == file.tensors)
            // The first of several damaged chunks is told, whichever thread comes upon which.
            for damaged in [
                [bytes.count - 2000], [bytes.count - 2000, 20_000], [bytes.count - 2000, 20_000, 150_000],
            ] {
                var bytes = bytes
                for position in damaged { bytes[position] ^= 1 }
                func error(_ parallel: ReadingOptions.ParallelFor?) throws -> (contents: String?, verify: String?) {
                    let options = ReadingOptions(verify: .directoryOnly, parallel: parallel)
                    let reader = try ModelReader(ByteSource(bytes), options: options)
                    let contents = #expect(throws: PithError.self) { _ = try reader.contents() }
                    let verify = #expect(throws: PithError.self) { try reader.verify() }
                    return (contents?.description, verify?.description)
                }
                let (alone, shared) = (try error(nil), try error(parallel))
                #expect(alone.contents == shared.contents && alone.verify == shared.verify)
            }
        }
    }

    @Test("a source that gives too little is refused")
    func shortReads() throws {
        let bytes = try file().encoded()
        let source = ByteSource(count: bytes.count) { Array(bytes[$0].dropLast()) }
        #expect(throws: PithError(.truncated, "")) { _ = try ModelReader(source) }
    }

    @Test("unknown sections that are safe to copy are kept, others are left out")
    func otherSections() throws {
        var hand = HandFile(reading: try file().encoded())
        hand.sections.insert(("keep", [1, 2]), at: 0)
        hand.sections.insert(("goNE", [3]), at: 1)
        hand.sections.insert(("also", []), at: 3)
        let file = try ModelFile.decode(hand.bytes)
        let expected = [OtherSection(kind: "keep", bytes: [1, 2]), OtherSection(kind: "also", bytes: [])]
        #expect(file.otherSections == expected)
        let again = try file.encoded()
        #expect(HandFile(reading: again).sections.map { $0.kind } == ["TNSR", "keep", "also", "DATA"])
        #expect(try ModelFile.decode(again).otherSections == expected)
        for kind in ["KEEP", "keeP", "meta", "abc", "k ep"] {
            var wrong = file
            wrong.otherSections = [OtherSection(kind: kind, bytes: [])]
            #expect(throws: PithError(.invalidArgument, "")) { _ = try wrong.encoded() }
        }
    }

    @Test("a chunk's size must be a power of two in range", arguments: [0, 4095, 2048, 6000, 1 << 23])
    func chunkSizes(size: Int) throws {
        #expect(throws: PithError(.invalidArgument, "")) {
            _ = try file().encoded(EncodingOptions(chunkByteCount: size))
        }
    }
}

@Suite("Writing tensors that are not in memory") struct StreamedWritingTests {
    private let path = NSTemporaryDirectory() + "pith-" + UUID().uuidString

    private func file() throws -> ModelFile {
        ModelFile(
            role: .weights,
            tensors: [
                try tensor("b", .uint8, [9]) { UInt8($0) }, try weights("w", [700, 301]), try weights("e", [0, 4]),
                try weights("p", [40, 50]).laidOut(.panels), try tensor("t", .bool, [5000]) { UInt8($0 % 2) },
            ], metadata: ["name": "streamed"])
    }

    @Test("gives the bytes of the same file in memory", arguments: EncodingOptions.Level.allCases)
    func sameBytes(level: EncodingOptions.Level) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let whole = try file()
        let options = EncodingOptions(level: level, chunkByteCount: 8192)
        var most = 0
        let streamed = try whole.tensors.map { tensor in
            try StreamedTensor(
                name: tensor.name, elementType: tensor.elementType, shape: tensor.shape, encoding: tensor.encoding,
                layout: tensor.layout
            ) { component, range in
                if tensor.name == "w" { most = max(most, range.count) }
                return tensor.components[component][range]
            }
        }
        var empty = whole
        empty.tensors = []
        try empty.write(streamed, to: path, options)
        #expect(try FileIO.read(path: path) == whole.encoded(options))
        #expect(most == 8192)
    }

    @Test("a file of another file's tensors is the same as one of their contents", arguments: [4096, 1 << 18])
    func copies(chunkByteCount: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var whole = try file()
        whole.tensors += [
            try StoredTensor(name: "f", foreign: ForeignElements(typeName: "complex64", shape: [2]), bytes: [1, 2, 3]),
            try StoredTensor(
                name: "i", elementType: .float32, shape: [3],
                encoding: .palette(PaletteEncoding(.float16, entryCount: 2)),
                components: [[0, 1, 0], [0, 0, 0, 0x3C]]),
            try StoredTensor(
                name: "s", elementType: .uint8, shape: [9000], positions: [7, 8999], values: .plain,
                valueComponents: [[1, 2]]),
        ]
        let bytes = try whole.encoded(EncodingOptions(level: .stored, chunkByteCount: chunkByteCount))
        let reader = try ModelReader(ByteSource(bytes), options: ReadingOptions(verify: .directoryOnly))
        var asked = 0
        let tensors = try whole.tensors.indices.map { number in
            try StreamedTensor(reader, number).reporting { asked += $0 }
        }
        var empty = whole
        empty.tensors = []
        let options = EncodingOptions(level: .thorough, chunkByteCount: 8192)
        try empty.write(tensors, to: path, options)
        #expect(try FileIO.read(path: path) == whole.encoded(options))
        #expect(asked >= 2 * 700 * 301 * 4)
        #expect(throws: PithError(.invalidArgument, "")) { _ = try StreamedTensor(reader, 9) }
    }

    @Test("a file of another file's tensors in another layout is the same as one of them laid out in memory")
    func layouts() throws {
        typealias Level = EncodingOptions.Level
        defer { try? FileManager.default.removeItem(atPath: path) }
        for shape: Shape in [
            [37, 50], [50, 37], [16, 16], [5, 3], [1, 40], [40, 1], [129, 70], [0, 5], [5, 0],
        ] {
            let plain = try weights("w", shape)
            for source in TensorLayout.allCases {
                let bytes = try ModelFile(role: .weights, tensors: [plain.laidOut(source)])
                    .encoded(EncodingOptions(chunkByteCount: 4096))
                let reader = try ModelReader(ByteSource(bytes))
                for start in stride(from: 0, to: shape[0], by: 7) {
                    let rows = start..<min(start + 7, shape[0])
                    let range = (rows.lowerBound * shape[1] * 4)..<(rows.upperBound * shape[1] * 4)
                    #expect(try reader.elements(ofTensor: 0, rows: rows) == Array(plain.bytes[range]))
                }
                for target in TensorLayout.allCases {
                    for (level, pieceBytes) in [(Level.stored, 1), (.standard, 8192), (.standard, 1 << 20)] {
                        let options = EncodingOptions(level: level, chunkByteCount: 4096)
                        let tensor = try StreamedTensor(reader, 0, layout: target, pieceBytes: pieceBytes)
                        try ModelFile(role: .weights).write([tensor], to: path, options)
                        let expected = ModelFile(role: .weights, tensors: [try plain.laidOut(target)])
                        let what: Comment = "\(shape) from \(source) to \(target)"
                        #expect(try FileIO.read(path: path) == expected.encoded(options), what)
                    }
                }
            }
        }
    }

    @Test("a new file that does not pass its check leaves the old one")
    func check() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileIO.writeAtomically([1, 2, 3], to: path)
        var empty = try file()
        let tensors = empty.tensors.map { StreamedTensor($0) }
        empty.tensors = []
        #expect(throws: PithError(.falseDeclaration, "")) {
            try empty.write(tensors, to: path) { written throws(PithError) in
                try written.verify()
                throw PithError(.falseDeclaration, "no")
            }
        }
        #expect(try FileIO.read(path: path) == [1, 2, 3])
        let folder = (path as NSString).deletingLastPathComponent
        let name = (path as NSString).lastPathComponent
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(name) } == [name])
    }

    @Test("a tensor that gives too little, other bytes the second time, or what a reader refuses, leaves nothing")
    func refusals() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        func code(_ type: ElementType, _ read: @escaping (Range<Int>) -> [UInt8]) throws -> PithError.Code? {
            let tensor = try StreamedTensor(name: "a", elementType: type, shape: [4]) { read($1)[...] }
            do throws(PithError) {
                try ModelFile(role: .weights).write([tensor], to: path)
                return nil
            } catch {
                #expect(error.location.tensor == "a")
                return error.code
            }
        }
        var calls: UInt8 = 0
        #expect(try code(.uint8) { _ in [1, 2, 3] } == .shapeMismatch)
        #expect(try code(.bool) { _ in [0, 1, 2, 0] } == .malformed)
        #expect(
            try code(.uint8) { _ in
                calls += 1
                return [calls, 2, 3, 4]
            } == .invalidArgument)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try code(.uint8) { _ in [1, 2, 3, 4] } == nil)
        #expect(throws: PithError(.invalidArgument, "")) { try file().write([], to: path) }
    }
}
