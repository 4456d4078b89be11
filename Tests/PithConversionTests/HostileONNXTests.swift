import PithConversion
import PithGraph
import Testing

/// Models made by hand whose numbers no exporter writes.
@Suite("Hostile ONNX models") struct HostileONNXTests {
    /// A field of bytes of a protocol buffer.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(UInt64(bytes.count)) + bytes
    }

    private static func text(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    private static func number(_ number: UInt8, _ value: Int64) -> [UInt8] {
        varint(UInt64(number) << 3) + varint(UInt64(bitPattern: value))
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    /// An input or output of floats.
    private static func value(_ field: UInt8, _ name: String, _ extents: [Int64]) -> [UInt8] {
        let dimensions = extents.flatMap { Self.field(1, number(1, $0)) }
        return Self.field(field, text(1, name) + Self.field(2, Self.field(1, number(1, 1) + Self.field(2, dimensions))))
    }

    /// A model of one node that takes `x` and gives `y`.
    private static func model(
        _ op: String, of extents: [Int64], _ attributes: [String: Int64], operatorSet: Int64 = 13,
        weights: [(name: String, type: Int64, extents: [Int64], bytes: [UInt8])] = []
    ) -> SourceFile {
        var node = text(1, "x") + weights.flatMap { text(1, $0.name) } + text(2, "y") + text(4, op)
        for (name, value) in attributes { node += field(5, text(1, name) + number(3, value) + number(20, 2)) }
        var graph = field(1, node) + value(11, "x", extents) + value(12, "y", extents)
        for weight in weights {
            let dimensions = weight.extents.flatMap { number(1, $0) }
            graph += field(5, dimensions + number(2, weight.type) + text(8, weight.name) + field(9, weight.bytes))
        }
        return SourceFile(bytes: number(1, 8) + field(7, graph) + field(8, number(2, operatorSet)))
    }

    private func problems(_ model: SourceFile) throws -> [String] {
        let conversion = try Converter(testVectorCount: 0).attempt(model)
        #expect(conversion.file == nil)
        return conversion.problems.map { $0.reason }
    }

    @Test("the model is one that converts, but for its numbers") func harmless() throws {
        let model = Self.model(
            "Add", of: [2, 3, 4], ["axis": 1, "broadcast": 1], operatorSet: 6,
            weights: [("w", 1, [3], [UInt8](repeating: 0, count: 12))])
        #expect(try Converter(testVectorCount: 0).attempt(model).file != nil)
    }

    @Test("axes at the ends of what there is", arguments: [Int64.min, -4, 3, 1 << 40, .max])
    func axes(axis: Int64) throws {
        let floats = [UInt8](repeating: 0, count: 12)
        let add = Self.model("Add", of: [2, 3, 4], ["axis": axis], operatorSet: 6, weights: [("w", 1, [3], floats)])
        #expect(try problems(add).contains { $0.contains("axis") })
        let indices = [UInt8](repeating: 0, count: 8)
        let gather = Self.model(
            "GatherElements", of: [2, 3, 4], ["axis": axis], weights: [("i", 7, [1, 1, 1], indices)])
        #expect(try problems(gather).contains { $0.contains("axis") })
        #expect(try problems(Self.model("Softmax", of: [2, 3, 4], ["axis": axis], operatorSet: 12)).count == 1)
    }

    @Test("blocks whose squares overflow", arguments: ["DepthToSpace", "SpaceToDepth"], [0, -1, 1 << 32, Int64.max])
    func blocks(name: String, side: Int64) throws {
        #expect(
            try problems(Self.model(name, of: [1, 4, 4, 4], ["blocksize": side])).contains { $0.contains("blocksize") })
    }

    @Test("scattering by indices that are no whole numbers, and into more than is stored for it") func scattered()
        throws
    {
        let zero = [UInt8](repeating: 0, count: 8)
        let floats = Self.model(
            "ScatterElements", of: [1, 3], [:],
            weights: [("i", 1, [1, 1], Array(zero[..<4])), ("u", 1, [1, 1], Array(zero[..<4]))])
        #expect(try problems(floats).contains { $0.contains("indices") })
        let large = Self.model(
            "ScatterElements", of: [1 << 20, 1 << 20], [:],
            weights: [("i", 7, [1, 1], zero), ("u", 1, [1, 1], Array(zero[..<4]))])
        #expect(try problems(large).contains { $0.contains("over") })
    }
}
