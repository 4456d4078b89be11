/// What a model computes: a list of operators over named tensors, each value defined once and before its use.
///
/// A graph is built by adding to it, and every addition is checked: shapes are worked out, references resolved,
/// names kept unique. So any `Graph` there is, from the trainer, a file or a converter, is a valid one.
///
///     var graph = Graph(name: "tiny")
///     let x = try graph.addInput("x", ValueType(.float32, ["batch", 4]))
///     let w = try graph.addInitializer("w", .float32, [2, 4])
///     let y = try graph.add(.gemm, [x, w], [.transB: 1])
///     try graph.addOutput(graph.add(.softmax, [y]), name: "probabilities")
///
/// Weights are not in the graph: an initializer has a name and a type, and its elements are kept beside.
public struct Graph: Sendable, Hashable {
    /// The name of the graph.
    public let name: String

    /// All values in the order they were added.
    public private(set) var values: [Value] = []

    /// The inputs in order.
    public private(set) var inputs: [ValueID] = []

    /// The values whose elements are kept beside the graph, in order.
    public private(set) var initializers: [ValueID] = []

    /// The nodes, each after those whose outputs it takes.
    public private(set) var nodes: [Node] = []

    /// The outputs in order.
    public private(set) var outputs: [ValueID] = []

    /// How deep graphs stand in its nodes: 1 for a graph without any.
    public private(set) var depth = 1

    /// The names in use, so that a graph of many values is built in linear time.
    private var names = NameSet()

    /// Creates a graph without anything in it.
    public init(name: String) { self.name = name }

    /// The position of a value in `Graph.values`.
    public struct ValueID: Sendable, Hashable, Comparable {
        /// The position.
        public let index: Int

        /// Names the value at a position.
        public init(_ index: Int) { self.index = index }

        /// Earlier values are less.
        public static func < (left: ValueID, right: ValueID) -> Bool { left.index < right.index }
    }

    /// A value: an input, an initializer, or an output of a node.
    public struct Value: Sendable, Hashable {
        /// The name, empty for an intermediate value that has none.
        public internal(set) var name: String
        /// The element type and extents.
        public internal(set) var type: ValueType
        /// The elements of a small value as far as the graph itself tells them, for shape rules.
        public internal(set) var known: KnownElements?
    }

    /// A node: an operator applied to values.
    public struct Node: Sendable, Hashable {
        /// What it computes.
        public let op: Operator
        /// Its inputs; nil for an optional one left out.
        public let inputs: [ValueID?]
        /// Its outputs.
        public let outputs: [ValueID]
        /// Its attributes, the table's defaults added.
        public let attributes: Attributes
    }
}

extension Graph {
    /// The value with this id.
    @inlinable public subscript(id: ValueID) -> Value { values[id.index] }

    /// The value with this name, or nil.
    ///
    /// - Complexity: O(n) in the number of values.
    public func value(named name: String) -> ValueID? {
        guard !name.isEmpty else { return nil }
        return values.firstIndex { $0.name == name }.map { ValueID($0) }
    }

    /// The name of a value, or `%` and its position where it has none.
    public func displayName(_ id: ValueID) -> String {
        let name = values[id.index].name
        return name.isEmpty ? "%\(id.index)" : name
    }

    /// The name of a node in messages: its operator and position, for example `Gemm #3`.
    public func displayName(ofNode index: Int) -> String { "\(nodes[index].op.name) #\(index)" }
}

extension Graph {
    /// Makes room for so many initializers more, and as many other values.
    package mutating func reserveCapacity(initializers count: Int) {
        values.reserveCapacity(values.count + 2 * count)
        initializers.reserveCapacity(initializers.count + count)
    }

    /// Makes room for so many nodes more.
    package mutating func reserveCapacity(nodes count: Int) { nodes.reserveCapacity(nodes.count + count) }

    /// Adds an input.
    ///
    /// - Throws: `duplicateName`, `invalidName`, `shapeMismatch`, `limitExceeded`.
    public mutating func addInput(_ name: String, _ type: ValueType) throws(PithError) -> ValueID {
        try checkNamed(name)
        let id = try append(name, type)
        inputs.append(id)
        return id
    }

    /// Adds a value whose elements are kept beside the graph.
    ///
    /// - Throws: `duplicateName`, `invalidName`, `limitExceeded`.
    public mutating func addInitializer(
        _ name: String, _ elementType: ElementType, _ shape: Shape
    ) throws(PithError) -> ValueID {
        try checkNamed(name)
        let id = try append(name, ValueType(elementType, shape))
        initializers.append(id)
        return id
    }

    /// Makes a value an output, and names it if a name is given.
    ///
    /// - Throws: `invalidGraph` for a value that does not exist, `invalidName` for one without a name or with another,
    ///   `duplicateName`, `limitExceeded`.
    public mutating func addOutput(_ id: ValueID, name: String? = nil) throws(PithError) {
        try checkExists(id)
        guard outputs.count < Limits.operands else {
            throw PithError(.limitExceeded, "over \(Limits.operands) outputs")
        }
        if let name, name != values[id.index].name {
            guard values[id.index].name.isEmpty else {
                throw PithError(.invalidName, "the output '\(name)' already has the name '\(values[id.index].name)'")
            }
            try checkNamed(name)
            values[id.index].name = name
            names.append(name)
        }
        guard !values[id.index].name.isEmpty else { throw PithError(.invalidName, "an output has no name") }
        guard !outputs.contains(id) else {
            throw PithError(.duplicateName, "'\(values[id.index].name)' is an output twice")
        }
        outputs.append(id)
    }

    /// Adds a node with one output.
    ///
    /// - Throws: What `addNode` throws.
    public mutating func add(
        _ op: Operator, _ inputs: [ValueID?], _ attributes: Attributes = [:], name: String = ""
    ) throws(PithError) -> ValueID {
        try addNode(op, inputs, attributes, outputNames: [name])[0]
    }

    /// Adds a node and works out the types of its outputs.
    ///
    /// - Parameters:
    ///   - op: What it computes.
    ///   - inputs: Values already in the graph; nil for an optional input left out.
    ///   - attributes: Those that differ from the table's defaults.
    ///   - outputNames: Names for the outputs, in order; missing or empty for values without a name.
    ///   - outputCount: How many outputs to give; nil for as many as there are names, at least those that the table needs.
    /// - Throws: `invalidGraph`, `invalidAttribute`, `typeMismatch`, `shapeMismatch`, `duplicateName`,
    ///   `limitExceeded`, located at the node.
    public mutating func addNode(
        _ op: Operator, _ inputs: [ValueID?], _ attributes: Attributes = [:], outputNames: [String] = [],
        outputCount: Int? = nil
    ) throws(PithError) -> [ValueID] {
        do throws(PithError) {
            let count = outputCount ?? max(outputNames.count, op.definition.outputCounts.lowerBound)
            return try addCheckedNode(op, inputs, attributes, outputNames, count)
        } catch {
            throw error.located(in: .node("\(op.name) #\(nodes.count)"))
        }
    }

    private mutating func addCheckedNode(
        _ op: Operator, _ inputs: [ValueID?], _ attributes: Attributes, _ outputNames: [String], _ outputCount: Int
    ) throws(PithError) -> [ValueID] {
        guard nodes.count < Limits.nodes else { throw PithError(.limitExceeded, "over \(Limits.nodes) nodes") }
        guard inputs.count <= Limits.operands else { throw PithError(.limitExceeded, "over \(Limits.operands) inputs") }
        let attributes = try op.defaultedAttributes(attributes)
        let nestedDepth = attributes.graphDepth
        guard nestedDepth < Limits.graphDepth else {
            throw PithError(.limitExceeded, "graphs stand in graphs over \(Limits.graphDepth) deep")
        }
        for case let id? in inputs { try checkExists(id) }
        let context = ShapeContext(inputs, of: values, attributes, outputCount: outputCount)
        let types = try op.outputTypes(context)
        for name in outputNames where !name.isEmpty { try checkNamed(name) }
        var outputs: [ValueID] = []
        outputs.reserveCapacity(types.count)
        for (index, type) in types.enumerated() {
            outputs.append(
                try append(
                    index < outputNames.count ? outputNames[index] : "", type,
                    known: index == 0 ? op.knownElements(context, output: type) : nil))
        }
        nodes.append(Node(op: op, inputs: inputs, outputs: outputs, attributes: attributes))
        depth = max(depth, nestedDepth + 1)
        return outputs
    }

    private mutating func append(
        _ name: String, _ type: consuming ValueType, known: consuming KnownElements? = nil
    ) throws(PithError) -> ValueID {
        guard values.count < Limits.values else { throw PithError(.limitExceeded, "over \(Limits.values) values") }
        _ = try type.elementCountAtUnit()
        values.append(Value(name: name, type: type, known: known))
        if !name.isEmpty { names.append(name) }
        return ValueID(values.count - 1)
    }

    private func checkExists(_ id: ValueID) throws(PithError) {
        guard values.indices.contains(id.index) else {
            throw PithError(.invalidGraph, "value \(id.index) is not defined before its use")
        }
    }

    private func checkNamed(_ name: String) throws(PithError) {
        try Limits.check(name: name)
        guard !names.contains(name) else { throw PithError(.duplicateName, "the name '\(name)' is taken") }
    }
}
