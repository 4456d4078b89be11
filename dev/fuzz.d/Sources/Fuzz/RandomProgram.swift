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
        let op = choices.one(of: Operator.allCases)
        let definition = op.definition
        var attributes = Attributes()
        for attribute in definition.attributes {
            if case .required = attribute.presence {} else if choices.byte() < 160 { continue }
            attributes[attribute.name] = try value(attribute.kind)
        }
        var operands: [Graph.ValueID?] = []
        var types: [String: ElementType] = [:]
        for operand in definition.inputs {
            for _ in 0..<(operand.presence == .variadic ? choices.one(of: [1, 2, 3]) : 1) {
                if operand.presence == .optional, choices.byte() < 96 {
                    operands.append(nil)
                    continue
                }
                guard let type = types[operand.variable] ?? choices.type(in: operand.types) else { return }
                if !operand.variable.isEmpty { types[operand.variable] = type }
                operands.append(try self.operand(type))
            }
        }
        let outputCount = choices.one(of: [1, 1, 1, 2, 3])
        let given = operands.map { id in id.flatMap { values[$0.index] } }
        let outputs = try graph.addNode(op, operands, attributes, outputCount: outputCount)
        while values.count < graph.values.count { values.append(nil) }
        let complete = try op.defaultedAttributes(attributes)
        try checkSize(op, complete, given, outputCount)
        let results = try Reference.apply(op, complete, given, outputCount: outputCount)
        for (id, result) in zip(outputs, results) {
            check(id, result)
            values[id.index] = result
        }
    }

    /// Refuses a node whose outputs are large, by a graph in which all its inputs are constants.
    private func checkSize(
        _ op: Operator, _ attributes: Attributes, _ given: [Tensor?], _ outputCount: Int
    ) throws(PithError) {
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
        for id in try alone.addNode(op, operands, attributes, outputCount: outputCount) {
            guard try alone[id].type.shape().elementCount <= 1 << 14 else {
                throw PithError(.limitExceeded, "an output that is too large to fuzz")
            }
        }
    }

    /// A value of a type: one that there is, a constant, a weight or an input.
    private mutating func operand(_ type: ElementType) throws -> Graph.ValueID {
        let known = graph.values.indices.map { Graph.ValueID($0) }.filter {
            graph[$0].type.elementType == type && values[$0.index] != nil
        }
        let kind = choices.byte()
        if kind < 112, let last = known.last { return kind < 64 ? last : choices.one(of: known) }
        let tensor = try choices.tensor(type, choices.shape())
        let id: Graph.ValueID
        switch kind % 4 {
        case 0, 1:
            id = try graph.add(.constant, [], [.value: .tensor(TensorValue(type, tensor.shape, bytes: tensor.bytes))])
        case 2:
            let name = "weight \(initializers.count)"
            id = try graph.addInitializer(name, type, tensor.shape)
            initializers.append(
                try StoredTensor(name: name, elementType: type, shape: tensor.shape, bytes: tensor.bytes))
        default:
            let isOpen = choices.byte() < 128
            let dimensions = tensor.shape.dimensions.enumerated().map { axis, extent -> Dimension in
                isOpen && axis == 0
                    ? .symbol("batch \(extent)") : isOpen && choices.isRare() ? .unknown : .fixed(extent)
            }
            id = try graph.addInput("input \(inputs.count)", ValueType(type, dimensions))
            inputs.append(tensor)
        }
        while values.count < graph.values.count { values.append(nil) }
        values[id.index] = tensor
        return id
    }

    private mutating func value(_ kind: AttributeValue.Kind) throws -> AttributeValue {
        switch kind {
        case .int: AttributeValue.int(choices.integer())
        case .float: .float(choices.float())
        case .string: .string(choices.one(of: Self.words))
        case .ints: .ints((0..<choices.one(of: [2, 4, 1, 3, 0, 8])).map { _ in choices.integer() })
        case .floats: .floats((0..<choices.one(of: [2, 4, 1, 3, 0])).map { _ in choices.float() })
        case .strings: .strings((0..<choices.one(of: [3, 6, 2, 0])).map { _ in choices.one(of: Self.words) })
        case .tensor: .tensor(try constant())
        case .graph: throw PithError(.unsupportedOperation, "graphs inside graphs")
        }
    }

    private mutating func constant() throws -> TensorValue {
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
