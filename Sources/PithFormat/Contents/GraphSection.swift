import PithGraph

/// The graph in a file (`spec/FORMAT.md`, "GRPH"). Names, types and shapes of initializers stand in the tensor index.
enum GraphSection {
    /// The bit of an operator's byte that says that a count of outputs follows.
    private static let severalOutputs: UInt8 = 0x80

    /// Writes a graph in canonical order.
    static func encode(_ graph: Graph, stored: [TensorIndex.Entry]) -> [UInt8] {
        var writer = ByteWriter()
        writer.text(graph.name)
        writer.count(Operator.operatorSet)
        encodeInputs(of: graph, &writer)
        writer.count(graph.initializers.count)
        for (id, tensor) in zip(graph.initializers, stored) {
            let type = graph[id].type.elementType
            writer.byte(type == tensor.form.elementType ? 0 : type.rawValue)
        }
        encodeNodes(of: graph, &writer)
        return writer.bytes
    }

    private static func encodeInputs(of graph: Graph, _ writer: inout ByteWriter) {
        writer.count(graph.inputs.count)
        for id in graph.inputs {
            writer.text(graph[id].name)
            writer.byte(graph[id].type.elementType.rawValue)
            writer.count(graph[id].type.rank)
            for dimension in graph[id].type.dimensions { encode(dimension, &writer) }
        }
    }

    private static func encodeNodes(of graph: Graph, _ writer: inout ByteWriter) {
        writer.count(graph.nodes.count)
        for node in graph.nodes { encode(node, &writer) }
        writer.count(graph.outputs.count)
        for id in graph.outputs {
            writer.count(id.index)
            writer.text(graph[id].name)
        }
    }

    private static func encode(_ dimension: Dimension, _ writer: inout ByteWriter) {
        switch dimension {
        case .unknown: writer.varint(0)
        case .symbol(let name):
            writer.varint(1)
            writer.text(name)
        case .fixed(let extent): writer.varint(UInt64(extent) + 2)
        }
    }

    private static func encode(_ node: Graph.Node, _ writer: inout ByteWriter) {
        writer.byte(node.op.rawValue | (node.outputs.count == 1 ? 0 : severalOutputs))
        if node.outputs.count != 1 { writer.count(node.outputs.count) }
        writer.count(node.inputs.count)
        for id in node.inputs { writer.count(id.map { $0.index + 1 } ?? 0) }
        let attributes = node.attributes.entries.filter { !isDefault($0.value, $0.name, of: node.op) }
        writer.count(attributes.count)
        for entry in attributes {
            writer.byte(entry.name.rawValue)
            writer.byte(entry.value.kind.rawValue)
            encode(entry.value, &writer)
        }
    }

    private static func encode(_ value: AttributeValue, _ writer: inout ByteWriter) {
        switch value {
        case .int(let value): writer.signed(value)
        case .float(let value): writer.uint32(value.bitPattern)
        case .string(let value): writer.text(value)
        case .ints(let values):
            writer.count(values.count)
            for value in values { writer.signed(value) }
        case .floats(let values):
            writer.count(values.count)
            for value in values { writer.uint32(value.bitPattern) }
        case .strings(let values):
            writer.count(values.count)
            for value in values { writer.text(value) }
        case .tensor(let value):
            writer.byte(value.elementType.rawValue)
            writer.count(value.shape.rank)
            for extent in value.shape.dimensions { writer.count(extent) }
            writer.append(value.bytes)
        case .graph(let graph):
            writer.text(graph.name)
            encodeInputs(of: graph, &writer)
            encodeNodes(of: graph, &writer)
        }
    }

    private static func isDefault(_ value: AttributeValue, _ name: AttributeName, of op: Operator) -> Bool {
        op.definition.defaults[name] == value
    }

    /// Reads a graph; every part goes through the checks of `Graph`'s own methods.
    static func decode(_ reader: inout ByteReader, index: [TensorIndex.Entry]) throws(PithError) -> Graph {
        do throws(PithError) {
            return try graph(&reader, index)
        } catch {
            throw error.located(
                in: PithError.Location(offset: UInt64(reader.offset), section: SectionKind.graph.name))
        }
    }

    private static func graph(_ reader: inout ByteReader, _ index: [TensorIndex.Entry]) throws(PithError) -> Graph {
        var graph = Graph(name: try reader.name(mayBeEmpty: true))
        let operatorSet = try reader.varint()
        guard operatorSet == Operator.operatorSet else {
            throw reader.error(
                .unsupportedVersion, "operator set \(operatorSet), where this reader knows \(Operator.operatorSet)")
        }
        try inputs(&reader, &graph)
        let initializers = try reader.count(limit: Limits.values, of: "initializers")
        guard initializers <= index.count else {
            throw reader.error(.invalidGraph, "\(initializers) initializers, but only \(index.count) tensors")
        }
        graph.reserveCapacity(initializers: min(initializers, ByteReader.mostReserved))
        for number in 0..<initializers {
            let code = try reader.byte()
            let stored = index[number].form.elementType
            let type = code == 0 ? stored : try elementType(code, reader)
            let isWidened = type == .float32 && (stored == .float16 || stored == .bfloat16)
            guard index[number].foreign == nil, type == stored ? code == 0 : isWidened else {
                throw reader.error(
                    .typeMismatch, "'\(index[number].name)' is stored as \(stored.name), not \(type.name)")
            }
            _ = try graph.addInitializer(index[number].name, type, index[number].form.shape)
        }
        try nodes(&reader, &graph, depth: 1)
        return graph
    }

    private static func inputs(_ reader: inout ByteReader, _ graph: inout Graph) throws(PithError) {
        for _ in 0..<(try reader.count(limit: Limits.operands, of: "inputs", itemBytes: 3)) {
            let name = try reader.name()
            let type = try elementType(try reader.byte(), reader)
            var dimensions: [Dimension] = []
            let rank = try reader.count(limit: Limits.rank, of: "dimensions")
            dimensions.reserveCapacity(rank)
            for _ in 0..<rank {
                dimensions.append(try dimension(&reader))
            }
            _ = try graph.addInput(name, ValueType(type, dimensions))
        }
    }

    private static func nodes(
        _ reader: inout ByteReader, _ graph: inout Graph, depth: Int
    ) throws(PithError) {
        let count = try reader.count(limit: Limits.nodes, of: "nodes", itemBytes: 3)
        graph.reserveCapacity(nodes: min(count, ByteReader.mostReserved))
        for _ in 0..<count {
            try node(&reader, &graph, depth: depth)
        }
        for _ in 0..<(try reader.count(limit: Limits.operands, of: "outputs", itemBytes: 3)) {
            let id = try reader.count(limit: Limits.values, of: "values", itemBytes: 0)
            try graph.addOutput(Graph.ValueID(id), name: try reader.name())
        }
    }

    private static func node(_ reader: inout ByteReader, _ graph: inout Graph, depth: Int) throws(PithError) {
        let first = try reader.byte()
        let code = first & ~severalOutputs
        var outputCount = 1
        if first & severalOutputs != 0 {
            outputCount = try reader.count(limit: Limits.operands, of: "outputs", itemBytes: 0)
            guard outputCount >= 2 else { throw reader.error(.malformed, "several outputs are \(outputCount)") }
        }
        guard let op = Operator(rawValue: code) else {
            throw reader.error(.unknownOperator, "operator \(code) is not known", advice: "use a newer version of Pith")
        }
        var inputs: [Graph.ValueID?] = []
        let inputCount = try reader.count(limit: Limits.operands, of: "inputs")
        inputs.reserveCapacity(inputCount)
        for _ in 0..<inputCount {
            let id = try reader.count(limit: Limits.values, of: "values", itemBytes: 0)
            inputs.append(id == 0 ? nil : Graph.ValueID(id - 1))
        }
        var attributes = op.definition.defaults
        var last: UInt8 = 0
        for _ in 0..<(try reader.count(limit: 255, of: "attributes", itemBytes: 3)) {
            let nameCode = try reader.byte()
            guard let name = AttributeName(rawValue: nameCode), nameCode > last else {
                throw reader.error(.invalidAttribute, "attribute \(nameCode) is not known or out of order")
            }
            last = nameCode
            let value = try attributeValue(&reader, depth: depth)
            guard !isDefault(value, name, of: op) else {
                throw reader.error(.invalidAttribute, "attribute '\(name.spelling)' has its default, and is stored")
            }
            attributes[name] = value
        }
        _ = try graph.addNode(op, inputs, attributes, outputCount: outputCount)
    }

    private static func attributeValue(
        _ reader: inout ByteReader, depth: Int
    ) throws(PithError) -> AttributeValue {
        let code = try reader.byte()
        guard let kind = AttributeValue.Kind(rawValue: code) else {
            throw reader.error(.invalidAttribute, "attribute kind \(code) is not known")
        }
        switch kind {
        case .int: return .int(try reader.signed())
        case .float: return .float(Float(bitPattern: try reader.uint32()))
        case .string: return .string(try reader.text(limit: Limits.attributeElements))
        case .ints:
            var values: [Int64] = []
            for _ in 0..<(try reader.count(limit: Limits.attributeElements, of: "integers")) {
                values.append(try reader.signed())
            }
            return .ints(values)
        case .floats:
            var values: [Float] = []
            for _ in 0..<(try reader.count(limit: Limits.attributeElements, of: "numbers", itemBytes: 4)) {
                values.append(Float(bitPattern: try reader.uint32()))
            }
            return .floats(values)
        case .strings:
            var values: [String] = []
            for _ in 0..<(try reader.count(limit: Limits.operands, of: "texts")) {
                values.append(try reader.name(mayBeEmpty: true))
            }
            return .strings(values)
        case .tensor: return .tensor(try tensorValue(&reader))
        case .graph:
            guard depth < Limits.graphDepth else {
                throw reader.error(.limitExceeded, "graphs stand in graphs over \(Limits.graphDepth) deep")
            }
            var graph = Graph(name: try reader.name(mayBeEmpty: true))
            try Self.inputs(&reader, &graph)
            try nodes(&reader, &graph, depth: depth + 1)
            return .graph(graph)
        }
    }

    private static func tensorValue(_ reader: inout ByteReader) throws(PithError) -> TensorValue {
        let type = try elementType(try reader.byte(), reader)
        var extents: [Int] = []
        for _ in 0..<(try reader.count(limit: Limits.rank, of: "dimensions")) {
            extents.append(try reader.count(limit: Limits.attributeBytes, of: "elements", itemBytes: 0))
        }
        let shape = try Shape(checking: extents)
        guard shape.elementCount <= Limits.attributeBytes / type.byteCount else {
            throw reader.error(.limitExceeded, "a value of over \(Limits.attributeBytes) bytes")
        }
        let bytes = Array(try reader.take(shape.elementCount * type.byteCount))
        guard type != .bool || bytes.allSatisfy({ $0 <= 1 }) else {
            throw reader.error(.malformed, "a truth value is neither 0 nor 1")
        }
        return try TensorValue(type, shape, bytes: bytes)
    }

    private static func dimension(_ reader: inout ByteReader) throws(PithError) -> Dimension {
        switch try reader.varint() {
        case 0: return .unknown
        case 1: return .symbol(try reader.name())
        case let code:
            guard code - 2 <= UInt64(Limits.elementCount), let extent = Int(exactly: code - 2) else {
                throw reader.error(.limitExceeded, "an extent of \(code - 2)")
            }
            return .fixed(extent)
        }
    }

    static func elementType(_ code: UInt8, _ reader: ByteReader) throws(PithError) -> ElementType {
        guard let type = ElementType(rawValue: code) else {
            throw reader.error(.unsupportedFeature, "element type \(code) is not known")
        }
        return type
    }
}
