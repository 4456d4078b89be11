extension Graph {
    /// The graph in ONNX's textual syntax, for people to read:
    ///
    ///     tiny (float[batch,4] x) => (float[batch,2] p)
    ///     <float[2,4] w> {
    ///       v2 = Gemm <transB = 1> (x, w)
    ///       p = Softmax (v2)
    ///     }
    ///
    /// Values without a name are `v` and their position; attributes equal to their default are left out.
    ///
    /// - Complexity: O(n) in the number of values and nodes.
    public var text: String {
        var text = name + " (" + list(inputs, typed: true) + ") => (" + list(outputs, typed: true) + ")\n"
        if !initializers.isEmpty { text += "<" + list(initializers, typed: true) + ">" + " " }
        text += "{\n"
        for node in nodes { text += "  " + line(node) + "\n" }
        return text + "}\n"
    }

    /// A node's attributes as `name = value`, those equal to their default left out.
    public func attributeTexts(of node: Node) -> [String] {
        node.attributes.entries.filter { !isDefault($0, of: node.op) }.map { $0.name.spelling + " = " + $0.value.text }
    }

    private func textName(_ id: ValueID) -> String { self[id].name.isEmpty ? "v\(id.index)" : self[id].name }

    private func list(_ ids: [ValueID], typed: Bool) -> String {
        joined(ids.map { id in typed ? "\(self[id].type) " + textName(id) : textName(id) })
    }

    private func line(_ node: Node) -> String {
        var text = list(node.outputs, typed: false) + " = " + node.op.name
        let attributes = attributeTexts(of: node)
        if !attributes.isEmpty { text += " <" + joined(attributes) + ">" }
        return text + " (" + joined(node.inputs.map { id in id.map { textName($0) } ?? "" }) + ")"
    }

    private func isDefault(_ entry: Attributes.Entry, of op: Operator) -> Bool {
        for attribute in op.definition.attributes where attribute.name == entry.name {
            if case .defaulted(let value) = attribute.presence { return value == entry.value }
        }
        return false
    }

    private func joined(_ parts: [String]) -> String {
        var text = ""
        for (index, part) in parts.enumerated() { text += index == 0 ? part : ", " + part }
        return text
    }
}

extension AttributeValue {
    /// The value in ONNX's textual syntax.
    var text: String {
        switch self {
        case .int(let value): return "\(value)"
        case .float(let value): return "\(value)"
        case .string(let value): return "\"" + value + "\""
        case .ints(let values): return Self.bracketed(values.map { "\($0)" })
        case .floats(let values): return Self.bracketed(values.map { "\($0)" })
        case .strings(let values): return Self.bracketed(values.map { "\"" + $0 + "\"" })
        case .tensor(let value): return "\(ValueType(value.elementType, value.shape))"
        case .graph(let graph): return graph.text
        }
    }

    private static func bracketed(_ parts: [String]) -> String {
        var text = "["
        for (index, part) in parts.enumerated() { text += index == 0 ? part : ", " + part }
        return text + "]"
    }
}
