import PithConversion
import PithFormat
import PithGraph
import PithMath
import Testing

@Suite("PyTorch") struct PyTorchTests {
    private func check(_ weights: SourceWeights) throws {
        let expected: [(String, ElementType, Shape)] = [
            ("0.weight", .float32, [2, 3]), ("0.bias", .float32, [2]), ("2.weight", .float32, [2]),
            ("2.bias", .float32, [2]), ("2.running_mean", .float32, [2]), ("2.running_var", .float32, [2]),
            ("2.num_batches_tracked", .int64, []),
        ]
        #expect(weights.omitted.isEmpty)
        #expect(weights.tensors.map { $0.name }.sorted() == expected.map { $0.0 }.sorted())
        for (name, type, shape) in expected {
            try Fixtures.check(#require(weights.tensors.first { $0.name == name }), type, shape)
        }
    }

    @Test(
        "one network in every form that torch.save and torch.jit write",
        arguments: [
            "state.pt", "state-old.pt", "checkpoint.pt", "module.pt", "module-old.pt", "script.pt",
            "state-big-endian.pt", "state-deflated.pt", "state-zip64.pt",
        ])
    func forms(name: String) throws {
        try check(SourceWeights.read(Fixtures.source(name)))
        try check(SourceWeights.read(SourceFile(bytes: Fixtures.bytes(name))))
    }

    @Test("the prefix of data-parallel training goes") func dataParallel() throws {
        var converter = try Converter()
        converter.options.isWeightsOnly = true
        let file = try converter.convert(Fixtures.source("data-parallel.pt"))
        #expect(file.role == .weights)
        #expect(file.tensor(named: "0.weight")?.bytes == Fixtures.expected(.float32, count: 6))
    }

    @Test("where there are several state dicts, the key says which") func severalStateDicts() throws {
        let source = try Fixtures.source("two.pt")
        let error = #expect(throws: PithError.self) { try SourceWeights.read(source) }
        #expect(error?.advice.contains("generator") == true)
        try check(SourceWeights.read(source, key: "generator"))
        let wrong = #expect(throws: PithError.self) { try SourceWeights.read(source, key: "generator.x") }
        #expect(wrong?.code == .invalidArgument)
    }

    @Test("every element type", arguments: ["types.pt", "types-old.pt"]) func everyType(name: String) throws {
        let types: [String: ElementType] = [
            "float64": .float64, "float32": .float32, "float16": .float16, "bfloat16": .bfloat16,
            "float8_e4m3fn": .float8e4m3fn, "float8_e5m2": .float8e5m2, "int64": .int64, "int32": .int32,
            "int16": .int16, "int8": .int8, "uint64": .uint64, "uint32": .uint32, "uint16": .uint16, "uint8": .uint8,
            "bool": .bool,
        ]
        let weights = try SourceWeights.read(Fixtures.source(name))
        #expect(weights.tensors.count == (name == "types.pt" ? 15 : 10))
        for tensor in weights.tensors { try Fixtures.check(tensor, #require(types[tensor.name]), [2, 3]) }
    }

    @Test("views have the elements that they look at", arguments: ["views.pt", "views-old.pt"])
    func views(name: String) throws {
        // Positions in the 4 × 6 tensor that all of them look at.
        let expected: [String: (Shape, [Int])] = [
            "whole": ([4, 6], Array(0..<24)), "row": ([6], Array(6..<12)), "column": ([4], [1, 7, 13, 19]),
            "block": ([2, 2], [8, 9, 14, 15]),
            "transposed": ([6, 4], (0..<6).flatMap { row in (0..<4).map { $0 * 6 + row } }),
            "stepped": ([2, 2], [0, 3, 12, 15]), "scalar": ([], [15]), "expanded": ([3, 2], [0, 1, 0, 1, 0, 1]),
            "empty": ([0, 6], []), "parameter": ([4, 2], [0, 1, 6, 7, 12, 13, 18, 19]),
        ]
        let weights = try SourceWeights.read(Fixtures.source(name))
        #expect(weights.tensors.count == expected.count)
        for tensor in weights.tensors {
            let (shape, positions) = try #require(expected[tensor.name])
            #expect(tensor.shape == shape, "\(tensor.name)")
            let floats = try Tensor(bytes: tensor.stored().bytes, elementType: .float32, shape: shape).floats
            #expect(floats == positions.map { Float($0) / 4 - 1 }, "\(tensor.name)")
        }
    }

    @Test("quantised tensors keep their numbers, scales and zero points") func quantized() throws {
        let weights = try SourceWeights.read(Fixtures.source("quantized.pt"))
        #expect(weights.omitted.isEmpty)
        func stored(_ name: String) throws -> StoredTensor {
            try #require(weights.tensors.first { $0.name == name }).stored()
        }
        // -1, -0.75, -0.5 in halves from 1 on, and -0.25, 0, 0.25 in quarters from 2 on; ties to even.
        #expect(try stored("rows").bytes.map { Int8(bitPattern: $0) } == [-1, -1, 0, 1, 2, 3])
        #expect(try stored("rows").foreign?.typeName == "qint8 axis=0")
        let scales = try stored("rows.scales")
        #expect(scales.elementType == .float64)
        #expect(scales.bytes == [0.5, 0.25].flatMap { littleEndian(Double($0).bitPattern) })
        #expect(try stored("rows.zero_points").bytes == [1, 2].flatMap { littleEndian(UInt64($0)) })
        #expect(try stored("all").bytes == [1, 1, 2, 3, 3, 3])
        #expect(try stored("all").foreign?.typeName == "quint8 scale=0.5 zero_point=3")
        #expect(try stored("complex").foreign?.typeName == "complex64")
    }

    private func littleEndian(_ bits: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } }

    @Test("NumPy arrays in a checkpoint") func arrays() throws {
        let weights = try SourceWeights.read(Fixtures.source("numpy.pt"))
        #expect(weights.tensors.count == 2)
        for tensor in weights.tensors { try Fixtures.check(tensor, .float32, [2, 3]) }
    }

    @Test("no cut of a file is taken for one", arguments: ["state.pt", "state-old.pt", "numpy.pt"])
    func cuts(name: String) throws {
        let bytes = try Fixtures.bytes(name)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: PithError.self) {
                let weights = try SourceWeights.read(SourceFile(bytes: Array(bytes[..<count])))
                for tensor in weights.tensors { _ = try tensor.stored() }
            }
        }
    }
}
