extension Graph {
    /// The graph in ONNX's textual syntax, which `init(text:)` reads:
    ///
    ///     tiny (float[batch,4] x) => (float[batch,2] p)
    ///     <float[2,4] w> {
    ///       v2 = Gemm <transB = 1> (x, w)
    ///       p = Softmax (v2)
    ///     }
    ///
    /// Values without a name are `v` and their position; attributes equal to their default are left out. Names that ONNX's
    /// syntax does not have stand in quotes.
    ///
    /// - Complexity: O(n) in the number of values and nodes.
    public var text: String { GraphText(self).written(indent: "") }

    /// A node's attributes as `name = value`, those equal to their default left out.
    public func attributeTexts(of node: Node) -> [String] { GraphText.attributes(of: node, indent: "") }
}

/// Writes a graph as text.
struct GraphText {
    private let graph: Graph

    /// What stands before the position of a value without a name: no named value looks like it.
    private let prefix: String

    init(_ graph: Graph) {
        self.graph = graph
        var prefix = "v"
        while graph.values.contains(where: { Self.isNumbered($0.name, prefix) }) { prefix += "_" }
        self.prefix = prefix
    }

    /// Whether a name is a prefix and a number.
    static func isNumbered(_ name: String, _ prefix: String) -> Bool {
        let rest = name.utf8.dropFirst(prefix.utf8.count)
        return name.utf8.starts(with: prefix.utf8) && !rest.isEmpty && rest.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    func written(indent: String) -> String {
        var text = Self.quoted(graph.name) + " (" + list(graph.inputs, typed: true) + ") => ("
        text += list(graph.outputs, typed: true) + ")\n" + indent
        if !graph.initializers.isEmpty { text += "<" + list(graph.initializers, typed: true) + "> " }
        text += "{\n"
        for node in graph.nodes { text += indent + "  " + line(node, indent: indent) + "\n" }
        return text + indent + (indent.isEmpty ? "}\n" : "}")
    }

    private func name(_ id: Graph.ValueID) -> String {
        graph[id].name.isEmpty ? prefix + "\(id.index)" : Self.quoted(graph[id].name)
    }

    private func list(_ ids: [Graph.ValueID], typed: Bool) -> String {
        Self.joined(ids.map { id in typed ? "\(graph[id].type) " + name(id) : name(id) })
    }

    private func line(_ node: Graph.Node, indent: String) -> String {
        var text = list(node.outputs, typed: false) + " = " + node.op.name
        let attributes = Self.attributes(of: node, indent: indent + "  ")
        if !attributes.isEmpty { text += " <" + Self.joined(attributes) + ">" }
        return text + " (" + Self.joined(node.inputs.map { id in id.map { name($0) } ?? "" }) + ")"
    }

    static func attributes(of node: Graph.Node, indent: String) -> [String] {
        node.attributes.entries.filter { !isDefault($0, of: node.op) }.map { entry in
            entry.name.spelling + " = " + written(entry.value, indent: indent)
        }
    }

    private static func isDefault(_ entry: Attributes.Entry, of op: Operator) -> Bool {
        for attribute in op.definition.attributes where attribute.name == entry.name {
            if case .defaulted(let value) = attribute.presence { return value == entry.value }
        }
        return false
    }
}

extension GraphText {
    /// A name as it is where ONNX's syntax has it, with dots, else in quotes.
    static func quoted(_ name: String) -> String {
        guard let first = name.utf8.first, isLetter(first), name.utf8.allSatisfy({ isNamePart($0) }) else {
            return string(name)
        }
        return name
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x41 && byte <= 0x5A || byte >= 0x61 && byte <= 0x7A || byte == 0x5F
    }

    static func isNamePart(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte >= 0x30 && byte <= 0x39 || byte == 0x2E
    }

    /// A text in quotes; quotes and backslashes in it stand behind a backslash.
    private static func string(_ value: String) -> String {
        var text = "\""
        for character in value {
            if character == "\"" || character == "\\" { text += "\\" }
            text.append(character)
        }
        return text + "\""
    }

    private static func joined(_ parts: [String]) -> String {
        var text = ""
        for (index, part) in parts.enumerated() { text += index == 0 ? part : ", " + part }
        return text
    }

    private static func written(_ value: AttributeValue, indent: String) -> String {
        switch value {
        case .int(let value): "\(value)"
        case .float(let value): "\(value)"
        case .string(let value): string(value)
        case .ints(let values): "[" + joined(values.map { "\($0)" }) + "]"
        case .floats(let values): "[" + joined(values.map { "\($0)" }) + "]"
        case .strings(let values): "[" + joined(values.map { string($0) }) + "]"
        case .tensor(let value):
            "\(ValueType(value.elementType, value.shape)) {"
                + joined(value.words.map { element($0, value.elementType) })
                + "}"
        case .graph(let graph): GraphText(graph).written(indent: indent)
        }
    }

    /// An element as a decimal number; floats of 16 and 8 bits, and NaN, by their bits in hexadecimal.
    private static func element(_ word: UInt64, _ type: ElementType) -> String {
        switch type {
        case .float32:
            let value = Float(bitPattern: UInt32(truncatingIfNeeded: word))
            return value.isNaN ? hexadecimal(word) : "\(value)"
        case .float64:
            let value = Double(bitPattern: word)
            return value.isNaN ? hexadecimal(word) : "\(value)"
        case .float16, .bfloat16, .float8e4m3fn, .float8e5m2: return hexadecimal(word)
        case .int64: return "\(Int64(bitPattern: word))"
        case .int32: return "\(Int32(truncatingIfNeeded: word))"
        case .int16: return "\(Int16(truncatingIfNeeded: word))"
        case .int8: return "\(Int8(truncatingIfNeeded: word))"
        default: return "\(word)"
        }
    }

    private static func hexadecimal(_ word: UInt64) -> String {
        let digits: [Character] = Array("0123456789ABCDEF")
        var text = ""
        var rest = word
        repeat {
            text = String(digits[Int(rest & 15)]) + text
            rest >>= 4
        } while rest > 0
        return "0x" + text
    }
}
