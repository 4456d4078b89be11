import PithConversion
import PithFormat
import PithGraph
import Testing

@Suite("NumPy") struct NumPyTests {
    @Test("every element type, order and byte order", arguments: ["arrays.npz", "compressed.npz"])
    func archive(name: String) throws {
        let weights = try SourceWeights.read(Fixtures.source(name))
        let names: [String: ElementType] = [
            "float64": .float64, "float32": .float32, "float16": .float16, "int64": .int64, "int32": .int32,
            "int16": .int16, "int8": .int8, "uint64": .uint64, "uint32": .uint32, "uint16": .uint16, "uint8": .uint8,
            "bool": .bool, "fortran": .float32, "big": .float32,
        ]
        #expect(weights.tensors.count == names.count)
        for tensor in weights.tensors { try Fixtures.check(tensor, #require(names[tensor.name]), [2, 3]) }
    }

    @Test("elements that Pith has no type for are carried") func carried() throws {
        let weights = try SourceWeights.read(Fixtures.source("carried.npz"))
        #expect(weights.omitted.isEmpty)
        func tensor(_ name: String) throws -> SourceTensor { try #require(weights.tensors.first { $0.name == name }) }
        // Element i is i + 2i of the imaginary unit, little-endian, the outermost dimension first.
        let single = (0..<6).flatMap { bytes(of: Float($0).bitPattern) + bytes(of: Float(2 * $0).bitPattern) }
        let double = (0..<6).flatMap { bytes(of: Double($0).bitPattern) + bytes(of: Double(2 * $0).bitPattern) }
        for (name, type, shape, expected) in [
            ("complex64", "complex64", [2, 3] as Shape, single), ("fortran", "complex64", [2, 3], single),
            ("big", "complex128", [2, 3], double), ("date", "M8[D]", [1], bytes(of: UInt64(1))),
            ("text", "U2", [2], [97, 98, 99, 0].flatMap { bytes(of: UInt32($0)) }),
        ] {
            let tensor = try tensor(name)
            #expect(tensor.foreign?.typeName == type && tensor.foreign?.shape == shape)
            #expect(try tensor.stored().bytes == expected, "\(name)")
        }
        try Fixtures.check(tensor("plain"), .float32, [2, 3])
    }

    private func bytes(of number: some FixedWidthInteger) -> [UInt8] {
        (0..<(number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    @Test("an archive in memory is read as one in a file") func memory() throws {
        let weights = try SourceWeights.read(SourceFile(bytes: Fixtures.bytes("arrays.npz")))
        try Fixtures.check(#require(weights.tensors.first { $0.name == "float32" }), .float32, [2, 3])
    }

    @Test("a flipped bit of an element is seen") func damage() throws {
        var bytes = try Fixtures.bytes("arrays.npz")
        let start = try #require((0..<bytes.count).first { bytes[$0...].starts(with: Array("'<f8'".utf8)) })
        bytes[start + 128] ^= 1
        let error = #expect(throws: PithError.self) {
            for tensor in try SourceWeights.read(SourceFile(bytes: bytes)).tensors { _ = try tensor.stored() }
        }
        #expect(error?.code == .checksumMismatch)
    }
}
