import PithFormat
import PithGraph
import PithMath

/// A graph of random nodes and what the reference gives for it.
struct RandomProgram {
    private var choices: Choices
    private(set) var graph = Graph(name: "random")
    private(set) var inputs: [Tensor] = []
    private var initializers: [StoredTensor] = []
    /// What each value of the graph is.
    private(set) var values: [Tensor?] = []

    init(_ choices: Choices) { self.choices = choices }

    /// The graph with its weights, nil when none of its nodes is accepted.
    mutating func file() -> ModelFile? {
        for _ in 0..<4 where !choices.isOver {
            guard (try? addNode()) != nil else { break }
        }
        let unused = graph.nodes.flatMap { $0.outputs }.filter { id in
            !graph.nodes.contains { $0.inputs.contains(id) }
        }
        for (number, id) in unused.enumerated() { try? graph.addOutput(id, name: "output \(number)") }
        return graph.outputs.isEmpty ? nil : ModelFile(role: .model, graph: graph, tensors: initializers)
    }

    private mutating func addNode() throws {
        let number = Int(choices.byte()) % (Operator.allCases.count + 1)
        guard number < Operator.allCases.count else { return try addQuantisedProduct() }
        let op = Operator.allCases[number]
        let definition = op.definition
        var attributes = Attributes()
        for attribute in definition.attributes {
            if case .required = attribute.presence {} else if choices.byte() < 160 { continue }
            attributes[attribute.name] = try value(attribute.kind)
        }
        var operands: [Graph.ValueID?] = []
        var types: [String: ElementType] = [:]
        let shapes = choices.byte() < 192 ? choices.fittingShapes(op) : nil
        for (position, operand) in definition.inputs.enumerated() {
            for _ in 0..<(operand.presence == .variadic ? choices.one(of: [1, 2, 3]) : 1) {
                if operand.presence == .optional, choices.byte() < 96 {
                    operands.append(nil)
                    continue
                }
                guard let type = types[operand.variable] ?? choices.type(in: operand.types) else { return }
                if !operand.variable.isEmpty { types[operand.variable] = type }
                let shape = shapes.flatMap { position < $0.count ? $0[position] : nil }
                operands.append(try self.operand(type, shape))
            }
        }
        _ = try append(op, operands, attributes, outputCount: choices.one(of: [1, 1, 1, 2, 3]))
    }

    /// Adds what ONNX Runtime's dynamic quantisation makes of a product, or something near it.
    private mutating func addQuantisedProduct() throws {
        let x = try operand(.float32)
        let quantised = try append(.dynamicQuantizeLinear, [x], outputCount: 3)
        let depth = values[x.index]?.shape.dimensions.last ?? 1
        let columns = choices.one(of: [1, 2, 3, 16, 17])
        let weightType = choices.one(of: [.int8, .uint8] as [ElementType])
        let weight = try constant(weightType, [choices.isRare() ? 2 : depth, columns])
        let lists = [[], [1], [columns], [columns, 1]]
        let zero = choices.byte() < 128 ? nil : try constant(weightType, choices.one(of: lists))
        let product = try append(
            .matMulInteger, [quantised[0], weight, choices.isRare() ? nil : quantised[2], zero], outputCount: 1)
        let cast = try append(.cast, product, [.to: 1], outputCount: 1)
        let scale = try constant(.float32, choices.one(of: lists))
        let scales = try append(
            .mul, choices.byte() < 128 ? [quantised[1], scale] : [scale, quantised[1]], outputCount: 1)
        let result = try append(.mul, choices.byte() < 128 ? cast + scales : scales + cast, outputCount: 1)
        if choices.byte() < 128 {
            _ = try append(.add, [result[0], try constant(.float32, choices.one(of: lists))], outputCount: 1)
        }
    }

    /// Adds a node and what the reference gives for it.
    private mutating func append(
        _ op: Operator, _ operands: [Graph.ValueID?], _ attributes: Attributes = [:], outputCount: Int
    ) throws -> [Graph.ValueID] {
        let given = operands.map { id in id.flatMap { values[$0.index] } }
        guard try !isLarge(op, attributes, given, outputCount) else {
            throw PithError(.limitExceeded, "an output that is too large to fuzz")
        }
        let outputs = try graph.addNode(op, operands, attributes, outputCount: outputCount)
        fillValues()
        let results = try Reference.apply(
            op, try op.defaultedAttributes(attributes), given, outputCount: outputCount)
        for (id, result) in zip(outputs, results) {
            check(id, result)
            values[id.index] = result
        }
        return outputs
    }

    /// Makes a place for each value that the graph has gained.
    private mutating func fillValues() { while values.count < graph.values.count { values.append(nil) } }

    /// Whether a node's outputs are large, by a graph in which all its inputs are constants.
    private func isLarge(
        _ op: Operator, _ attributes: Attributes, _ given: [Tensor?], _ outputCount: Int
    ) throws(PithError) -> Bool {
        var alone = Graph(name: "alone")
        var operands: [Graph.ValueID?] = []
        for tensor in given {
            guard let tensor else {
                operands.append(nil)
                continue
            }
            let value = try TensorValue(tensor.elementType, tensor.shape, bytes: tensor.bytes)
            operands.append(try alone.add(.constant, [], [.value: .tensor(value)]))
        }
        // What is refused gives nothing, however large.
        guard let outputs = try? alone.addNode(op, operands, attributes, outputCount: outputCount) else { return false }
        return outputs.contains { id in ((try? alone[id].type.shape().elementCount) ?? 0) > 1 << 14 }
    }

    /// A value of a type: one that there is, a constant, a weight or an input.
    private mutating func operand(_ type: ElementType, _ extents: [Int]? = nil) throws -> Graph.ValueID {
        let known = graph.values.indices.map { Graph.ValueID($0) }.filter {
            graph[$0].type.elementType == type && values[$0.index] != nil
                && extents ?? values[$0.index]?.shape.dimensions == values[$0.index]?.shape.dimensions
        }
        let kind = choices.byte()
        if kind < 112, let last = known.last { return kind < 64 ? last : choices.one(of: known) }
        var tensor = try choices.tensor(type, extents ?? choices.shape())
        var stored = tensor
        let id: Graph.ValueID
        switch kind % 4 {
        case 0, 1: return try constant(tensor)
        case 2:
            let name = "weight \(initializers.count)"
            id = try graph.addInitializer(name, type, tensor.shape)
            // Matrices that are stored narrow are multiplied as they are.
            if type == .float32 {
                let narrow = choices.one(of: [.float32, .float32, .bfloat16, .float16] as [ElementType])
                stored = try tensor.converted(to: narrow)
                tensor = try stored.converted(to: .float32)
            }
            initializers.append(
                try StoredTensor(
                    name: name, elementType: stored.elementType, shape: tensor.shape, bytes: stored.bytes))
        default:
            let isOpen = choices.byte() < 128
            let dimensions = tensor.shape.dimensions.enumerated().map { axis, extent -> Dimension in
                isOpen && axis == 0
                    ? .symbol("batch \(extent)") : isOpen && choices.isRare() ? .unknown : .fixed(extent)
            }
            id = try graph.addInput("input \(inputs.count)", ValueType(type, dimensions))
            inputs.append(tensor)
        }
        fillValues()
        values[id.index] = tensor
        return id
    }

    private mutating func constant(_ type: ElementType, _ extents: [Int]) throws -> Graph.ValueID {
        try constant(choices.tensor(type, extents))
    }

    private mutating func constant(_ tensor: Tensor) throws -> Graph.ValueID {
        let value = try TensorValue(tensor.elementType, tensor.shape, bytes: tensor.bytes)
        let id = try graph.add(.constant, [], [.value: .tensor(value)])
        fillValues()
        values[id.index] = tensor
        return id
    }

    private mutating func value(_ kind: AttributeValue.Kind) throws -> AttributeValue {
        switch kind {
        case .int: AttributeValue.int(choices.setting())
        case .float: .float(choices.float())
        case .string: .string(choices.one(of: Self.words))
        case .ints: .ints((0..<choices.one(of: [2, 4, 1, 3, 0, 8])).map { _ in choices.setting() })
        case .floats: .floats((0..<choices.one(of: [2, 4, 1, 3, 0])).map { _ in choices.float() })
        case .strings: .strings((0..<choices.one(of: [3, 6, 2, 0])).map { _ in choices.one(of: Self.words) })
        case .tensor: .tensor(try tensorValue())
        case .graph: throw PithError(.unsupportedOperation, "graphs inside graphs")
        }
    }

    private mutating func tensorValue() throws -> TensorValue {
        let type = choices.one(of: ElementType.allCases)
        let tensor = try choices.tensor(type, choices.byte() < 128 ? [1] : choices.shape())
        return try TensorValue(type, tensor.shape, bytes: tensor.bytes)
    }

    /// Whether a value is of the shape and has the elements that the graph tells beforehand.
    private func check(_ id: Graph.ValueID, _ result: Tensor) {
        let type = graph[id].type
        let isSo =
            result.elementType == type.elementType && result.shape.rank == type.rank
            && zip(type.dimensions, result.shape.dimensions).allSatisfy { $0.extent == nil || $0.extent == $1 }
        if !isSo { finding("\(result) is not \(type), as was told of \(graph.text)") }
        guard case .integers(let elements)? = graph[id].known, [.int64, .int32].contains(type.elementType) else {
            return
        }
        let numbers: [Int64] =
            type.elementType == .int64
            ? result.elements(as: Int64.self) : result.elements(as: Int32.self).map { (number: Int32) in Int64(number) }
        let agree =
            numbers.count == elements.count
            && zip(elements, numbers).allSatisfy { $0.extent == nil || $0.extent.map { Int64($0) } == $1 }
        if !agree { finding("\(numbers) are not the elements \(elements) that were told of \(graph.text)") }
    }

    private static let words = [
        "constant", "edge", "reflect", "wrap", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER", "nearest", "linear",
        "cubic", "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
        "tf_crop_and_resize", "round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "stretch", "not_larger",
        "not_smaller", "forward", "reverse", "bidirectional", "none", "tanh", "Tanh", "Sigmoid", "Relu", "Affine", "",
    ]
}
