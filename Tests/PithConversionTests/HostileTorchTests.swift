import PithConversion
import PithFormat
import PithGraph
import Testing

/// Files in PyTorch's older form, made by hand, whose one tensor is a view that no tensor of PyTorch's is.
@Suite("Hostile PyTorch files") struct HostileTorchTests {
    private static func number(_ value: Int64) -> [UInt8] {
        [0x8A, 8] + (0..<8).map { UInt8(truncatingIfNeeded: value >> Int64(8 * $0)) }
    }

    private static func text(_ text: String) -> [UInt8] { [0x58, UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8) }

    private static func global(_ module: String, _ name: String) -> [UInt8] {
        [0x63] + Array((module + "\n" + name + "\n").utf8)
    }

    private static func tuple(_ items: [[UInt8]]) -> [UInt8] { [0x28] + items.joined() + [0x74] }

    private static func pickle(_ body: [UInt8]) -> [UInt8] { [0x80, 2] + body + [0x2E] }

    /// A state of one tensor of floats, `w`, and a storage of four.
    private static func file(storage: Int64 = 4, offset: Int64, size: [Int64], strides: [Int64]) -> SourceFile {
        let identity = tuple([
            text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu"), number(storage),
        ])
        let state = global("collections", "OrderedDict") + [0x29, 0x52]
        let arguments = tuple([
            identity + [0x51], number(offset), tuple(size.map(number)), tuple(strides.map(number)), [0x89], state,
        ])
        let object = [0x7D] + text("w") + global("torch._utils", "_rebuild_tensor_v2") + arguments + [0x52, 0x73]
        let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
        let bytes =
            pickle(magic) + pickle([0x4D, 0xE9, 0x03]) + pickle([0x7D]) + pickle(object)
            + pickle([0x5D] + text("0") + [0x61])
        let floats: [Float] = [1, 2, 3, 4]
        return SourceFile(
            bytes: bytes + [4, 0, 0, 0, 0, 0, 0, 0]
                + floats.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
    }

    private func floats(_ file: SourceFile) throws -> [Float] {
        let tensor = try #require(try SourceWeights.read(file).tensors.first)
        let bytes = try tensor.stored().bytes
        return stride(from: 0, to: bytes.count, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) })
        }
    }

    @Test("what no element depends on may be any number") func harmless() throws {
        #expect(try floats(Self.file(offset: 1, size: [3], strides: [1])) == [2, 3, 4])
        #expect(try floats(Self.file(offset: 1, size: [2, 1], strides: [2, .max])) == [2, 4])
        #expect(try floats(Self.file(offset: 1 << 62, size: [0], strides: [1])) == [])
    }

    @Test("views and storages whose bytes overflow are refused") func overflows() {
        let files = [
            Self.file(storage: .max, offset: 1 << 62, size: [1], strides: [1]),
            Self.file(storage: 1 << 62, offset: 0, size: [1], strides: [1]),
            Self.file(offset: 1 << 62, size: [1], strides: [1]), Self.file(offset: 2, size: [2], strides: [.max]),
        ]
        for file in files {
            #expect(throws: PithError.self) { try floats(file) }
        }
    }
}
