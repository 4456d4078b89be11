import Pith
import PithFormat
import PithGraph
import PithMath
import Testing

/// Weights of whole numbers, kept so in memory: the bits are those of the elements that the file defines, and of the nodes of
/// a quantised graph one after another.
@Suite("Weights of whole numbers") struct IntegerWeightsTests {
    private static let (features, units) = (96, 40)

    /// A transposed product and a plain one by weights of one shape.
    private static func graph() throws -> Graph {
        var graph = Graph(name: "integers")
        let x = try graph.addInput("x", ValueType(.float32, ["batch", .fixed(features)]))
        let first = try graph.addInitializer("first", .float32, [units, features])
        let bias = try graph.addInitializer("bias", .float32, [units])
        let second = try graph.addInitializer("second", .float32, [units, features])
        let hidden = try graph.add(.relu, [graph.add(.gemm, [x, first, bias], [.transB: 1])])
        try graph.addOutput(graph.add(.matMul, [hidden, second]), name: "y")
        return graph
    }

    private static func bytes(_ count: Int, name: String) -> [UInt8] {
        var stream = RandomStream(seed: 8, name: name)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: Int(stream.normal() * 60)) }
    }

    private static func file(_ affine: AffineEncoding) throws -> ModelFile {
        var file = try Networks.file(graph())
        for (index, name) in [(0, "first"), (2, "second")] {
            let shape = Shape([units, features])
            let groups = affine.grouping.count(shape)
            var stream = RandomStream(seed: 9, name: name)
            let scales = Tensor((0..<groups).map { _ in stream.normal() / 100 }, shape: [groups])
            var components = [bytes(affine.codeType.byteCount(shape.elementCount), name: name), scales.bytes]
            if affine.hasZeroPoints {
                var zeros = bytes(affine.codeType.byteCount(groups), name: name + " zeros").map { $0 & 0x77 }
                if affine.codeType.bitCount == 4, groups % 2 == 1 { zeros[groups / 2] &= 0x07 }
                components.append(zeros)
            }
            file.tensors[index] = try StoredTensor(
                name: name, elementType: .float32, shape: shape, encoding: .affine(affine), components: components)
        }
        return file
    }

    static let groupings: [EncodingGroups] = [
        .tensor, .slices(axis: 0, size: 1), .slices(axis: 1, size: 1), .slices(axis: 1, size: 24),
        .slices(axis: 0, size: 16), .blocks(axis: 1, size: 32), .blocks(axis: 0, size: 32),
    ]

    @Test("give the bits of the elements they stand for", arguments: groupings, [false, true])
    func scaledIntegers(grouping: EncodingGroups, hasZeroPoints: Bool) throws {
        for type in AffineEncoding.CodeType.allCases {
            let file = try Self.file(AffineEncoding(type, grouping: grouping, hasZeroPoints: hasZeroPoints))
            var memory = try Model(file).makeSession()
            var encoded = try Model(bytes: file.encoded(EncodingOptions())).makeSession(threads: 3)
            for batch in [1, 5] {
                let inputs = try Networks.inputs(Self.graph(), batch: batch)
                let expected = try Networks.reference(file, inputs)
                #expect(try memory.run(inputs) == expected, "\(type), batch \(batch)")
                #expect(try encoded.run(inputs) == expected, "\(type), batch \(batch)")
            }
        }
    }

    @Test("take a byte for each weight where that is faster")
    func staySmall() throws {
        let file = try Self.file(AffineEncoding(.int8, grouping: .slices(axis: 0, size: 1)))
        let plan = try Model(file).describe()
        let elements = Self.units * Self.features
        if InstructionSet.best == .avx512 {
            #expect(plan.steps[0].kernel == "vector product, int8")
            #expect(plan.steps[0].constantBytes < 2 * elements)
        } else {
            #expect(plan.steps[0].constantBytes >= 4 * elements)
        }
    }

    /// What ONNX Runtime's dynamic quantisation makes of a product, a bias and Relu.
    private static func quantised(_ type: ElementType, scales: Int, zeros: Int?, reversed: Bool) throws -> ModelFile {
        var graph = Graph(name: "quantised")
        var x = try graph.addInput("x", ValueType(.float32, ["batch", .fixed(features)]))
        var tensors: [StoredTensor] = []
        var given = features
        for (layer, columns) in [(0, 40), (1, 10)] {
            let weight = try graph.addInitializer("w\(layer)", type, [given, columns])
            let width = scales == 1 ? [] : [columns]
            let scale = try graph.addInitializer("s\(layer)", .float32, Shape(width))
            let bias = try graph.addInitializer("b\(layer)", .float32, [columns])
            tensors.append(
                try StoredTensor(
                    name: "w\(layer)", elementType: type, shape: [given, columns],
                    bytes: bytes(given * columns, name: "w\(layer)")))
            for (name, shape) in [("s\(layer)", Shape(width)), ("b\(layer)", [columns])] {
                var stream = RandomStream(seed: 9, name: name)
                let values = Tensor((0..<shape.elementCount).map { _ in stream.normal() / 50 }, shape: shape)
                tensors.append(
                    try StoredTensor(name: name, elementType: .float32, shape: shape, bytes: values.bytes))
            }
            let parts = try graph.addNode(.dynamicQuantizeLinear, [x], [:], outputNames: ["", "", ""])
            var operands: [Graph.ValueID?] = [parts[0], weight, parts[2]]
            if let zeros {
                let shape = Shape(zeros == 1 ? [] : [columns])
                operands.append(try graph.addInitializer("z\(layer)", type, shape))
                tensors.append(
                    try StoredTensor(
                        name: "z\(layer)", elementType: type, shape: shape,
                        bytes: bytes(shape.elementCount, name: "z\(layer)")))
            }
            let factor = try graph.add(.mul, reversed ? [scale, parts[1]] : [parts[1], scale])
            let sums = try graph.add(.cast, [graph.add(.matMulInteger, operands)], [.to: 1])
            let product = try graph.add(.mul, reversed ? [factor, sums] : [sums, factor])
            x = try graph.add(.relu, [graph.add(.add, [product, bias])])
            given = columns
        }
        try graph.addOutput(x, name: "y")
        return ModelFile(role: .model, graph: graph, tensors: tensors)
    }

    @Test(
        "products of bytes give the bits of the nodes one after another",
        arguments: [ElementType.int8, .uint8], [false, true])
    func quantisedProducts(type: ElementType, reversed: Bool) throws {
        for (scales, zeros) in [(1, 1), (1, nil), (2, 2), (2, 1)] as [(Int, Int?)] {
            let file = try Self.quantised(type, scales: scales, zeros: zeros, reversed: reversed)
            let model = try Model(file)
            let plan = try model.describe()
            #expect(plan.steps.map(\.kernel) == ["quantised product", "quantised product"])
            #expect(
                plan.steps[0].name
                    == "DynamicQuantizeLinear #0, MatMulInteger #2, Mul #1, Cast #3, Mul #4, Add #5, Relu #6")
            var one = try model.makeSession()
            var three = try model.makeSession(threads: 3)
            let special = Tensor(
                (0..<Self.features).map { [0, -0.0, .infinity, 1, .nan][$0 % 5] as Float }, shape: [1, Self.features])
            let few = try Networks.inputs(model.graph, batch: 1)
            let many = try Networks.inputs(model.graph, batch: 41)
            for inputs in [few, many, [special]] {
                let expected = try Networks.reference(file, inputs)
                #expect(try one.run(inputs) == expected)
                #expect(try three.run(inputs) == expected)
            }
        }
    }

    @Test("a value in between that something else takes is not fused away")
    func otherConsumers() throws {
        var file = try Self.quantised(.int8, scales: 1, zeros: 1, reversed: false)
        var graph = try #require(file.graph)
        let sums = try #require(graph.nodes.first { $0.op == .matMulInteger }).outputs[0]
        try graph.addOutput(sums, name: "sums")
        file = ModelFile(role: .model, graph: graph, tensors: file.tensors)
        let model = try Model(file)
        var session = try model.makeSession()
        let inputs = try Networks.inputs(model.graph, batch: 3)
        #expect(try session.run(inputs) == Networks.reference(file, inputs))
    }
}
