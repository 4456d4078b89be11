import PithFormat
import PithGraph

/// Small files that use every part of the format; the targets' seeds.
enum Samples {
    static func files() throws -> [ModelFile] {
        [try weights(), try classifier(), try convolutional(), try checkpoint(), try everyOperator()]
    }

    static func weights() throws -> ModelFile {
        ModelFile(
            role: .weights,
            tensors: try ElementType.allCases.map { try tensor($0.name, $0, [2, 3]) } + [
                tensor("raw", .uint8, [4097]), tensor("coded", .float32, [40, 40]), tensor("none", .int8, [0]),
                tensor("scalar", .float32, []),
            ] + encoded())
    }

    private static func encoded() throws -> [StoredTensor] {
        func make(_ name: String, _ encoding: TensorEncoding, _ components: [[UInt8]]) throws -> StoredTensor {
            try StoredTensor(
                name: name, elementType: .float32, shape: [4, 8], encoding: encoding, components: components)
        }
        let one: [UInt8] = [0, 0, 0x80, 0x3F]
        let codes = (0..<32).map { UInt8($0 % 4) }
        return [
            try make("affine8", .affine(AffineEncoding(.int8)), [codes, one]),
            try make(
                "affine4", .affine(AffineEncoding(.uint4, grouping: .slices(axis: 0, size: 2), hasZeroPoints: true)),
                [Array(codes[..<16]), one + one, [0x21]]),
            try make("palette", .palette(PaletteEncoding(.bfloat16, entryCount: 4)), [codes, Array(codes[..<8])]),
            try make(
                "sparse", .sparse(SparseEncoding(count: 2, scan: .rowMajor, values: .plain, extraByteCount: 0)),
                [[1, 2], [], one + one]),
            try StoredTensor(
                name: "panels", elementType: .float32, shape: [4, 8], bytes: codes + codes + codes + codes
            )
            .laidOut(.panels),
            try StoredTensor(
                name: "foreign", foreign: ForeignElements(typeName: "complex64", shape: [2]), bytes: Array(codes[..<16])
            ),
        ]
    }

    static func classifier() throws -> ModelFile {
        var graph = Graph(name: "classifier")
        let x = try graph.addInput("x", ValueType(.float32, ["batch", 4]))
        let w = try graph.addInitializer("w", .float32, [3, 4])
        let b = try graph.addInitializer("b", .float32, [3])
        let y = try graph.add(.leakyRelu, [graph.add(.gemm, [x, w, b], [.transB: 1])], [.alpha: 0.25])
        let shape = try graph.add(.constant, [], [.valueInts: [-1, 3]])
        try graph.addOutput(graph.add(.softmax, [graph.add(.reshape, [y, shape])]), name: "p")
        return ModelFile(
            role: .model, graph: graph, tensors: [try tensor("w", .bfloat16, [3, 4]), try tensor("b", .float32, [3])],
            metadata: [
                "labels": .strings(["a", "ä"]), "mean": 0.5, "count": 3, "text": "t", "list": .floats([1, 2]),
            ],
            testVectors: [
                TestVector(inputs: [try tensor("", .float32, [2, 4])], outputs: [try tensor("", .float32, [2, 3])])
            ])
    }

    static func convolutional() throws -> ModelFile {
        var graph = Graph(name: "convolutional")
        let x = try graph.addInput("x", ValueType(.float32, ["batch", 1, 8, 8]))
        let w = try graph.addInitializer("w", .float32, [2, 1, 3, 3])
        let conv = try graph.add(.conv, [x, w], [.pads: [1, 1, 1, 1], .strides: [2, 1]])
        let pool = try graph.add(.maxPool, [graph.add(.relu, [conv])], [.kernelShape: [2, 2], .strides: [2, 2]])
        let average = try graph.add(.averagePool, [pool], [.kernelShape: [2, 2], .ceilMode: 1])
        try graph.addOutput(graph.add(.flatten, [average]), name: "features")
        try graph.addOutput(graph.add(.globalAveragePool, [conv]), name: "means")
        return ModelFile(role: .model, graph: graph, tensors: [try tensor("w", .float16, [2, 1, 3, 3])])
    }

    static func checkpoint() throws -> ModelFile {
        var file = try classifier()
        (file.role, file.testVectors) = (.checkpoint, [])
        file.tensors.append(try tensor("w.momentum", .float32, [3, 4]))
        return file
    }

    /// Each operator that takes one input of floats, one after another.
    static func everyOperator() throws -> ModelFile {
        var graph = Graph(name: "chain")
        var value = try graph.addInput("x", ValueType(.float32, ["batch", 4]))
        let w = try graph.addInitializer("w", .float32, [4, 4])
        for op in Operator.allCases {
            if let next = try? graph.add(op, [value]) { value = next }
            if let next = try? graph.add(op, [value, w]), graph[next].type.rank == 2 { value = next }
        }
        try graph.addOutput(value, name: "y")
        return ModelFile(role: .model, graph: graph, tensors: [try tensor("w", .float32, [4, 4])])
    }

    private static func tensor(_ name: String, _ type: ElementType, _ shape: Shape) throws -> StoredTensor {
        let count = shape.elementCount * type.byteCount
        let bytes = (0..<count).map { type == .bool ? UInt8($0 & 1) : UInt8(truncatingIfNeeded: $0 &* 37) & 0x3F }
        return try StoredTensor(name: name, elementType: type, shape: shape, bytes: bytes)
    }
}
