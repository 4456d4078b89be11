/// The attributes of one node, in the order of their codes, so that equal sets are equal and written alike.
public struct Attributes: Sendable, Hashable {
    /// Names and values in ascending order of code.
    public private(set) var entries: [Entry] = []

    /// One attribute.
    public struct Entry: Sendable, Hashable {
        /// Which.
        public let name: AttributeName
        /// Its value.
        public let value: AttributeValue
    }

    /// No attributes.
    public init() {}

    /// The value of an attribute, nil when it is not there. Setting nil removes it.
    ///
    /// - Complexity: O(n) in the number of attributes.
    public subscript(name: AttributeName) -> AttributeValue? {
        get {
            guard let position = existing(name) else { return nil }
            return entries[position].value
        }
        set {
            let existing = existing(name)
            guard let newValue else {
                if let existing { entries.remove(at: existing) }
                return
            }
            let entry = Entry(name: name, value: newValue)
            if let existing { entries[existing] = entry } else { entries.insert(entry, at: position(of: name)) }
        }
    }

    /// Whether an attribute is there.
    func contains(_ name: AttributeName) -> Bool { existing(name) != nil }

    /// These attributes, and of others those that are missing among them.
    func filled(from others: Attributes) -> Attributes {
        // Most have all already; a copy would be made before the first is looked for.
        guard !others.entries.indices.allSatisfy({ contains(others.entries[$0].name) }) else { return self }
        var all = self
        for other in others.entries where !contains(other.name) { all[other.name] = other.value }
        return all
    }

    /// The depth of the deepest graph among the values, 0 without any.
    var graphDepth: Int {
        var depth = 0
        for position in entries.indices {
            if case .graph(let graph) = entries[position].value { depth = max(depth, graph.depth) }
        }
        return depth
    }

    /// Where an attribute stands, or would.
    private func position(of name: AttributeName) -> Int {
        var position = 0
        // By position, here and elsewhere: to take an entry out copies its value.
        while position < entries.count, entries[position].name.rawValue < name.rawValue { position += 1 }
        return position
    }

    /// Where an attribute stands, nil when it is not there.
    private func existing(_ name: AttributeName) -> Int? {
        let position = position(of: name)
        return position < entries.count && entries[position].name == name ? position : nil
    }
}

extension Attributes: ExpressibleByDictionaryLiteral {
    /// Creates a set; a later value of one name replaces an earlier one.
    public init(dictionaryLiteral elements: (AttributeName, AttributeValue)...) {
        for (name, value) in elements { self[name] = value }
    }
}

extension Attributes {
    /// An integer attribute that is present or has a default (`Operator.defaultedAttributes`).
    ///
    /// - Throws: `invalidAttribute` when it is missing or of another kind.
    public func int(_ name: AttributeName) throws(PithError) -> Int {
        guard let position = existing(name), case .int(let value) = entries[position].value,
            let value = Int(exactly: value)
        else { throw Self.wrong(name, "an integer") }
        return value
    }

    /// An integer attribute read as a flag: 0 or 1.
    ///
    /// - Throws: `invalidAttribute` when it is missing, of another kind, or another number.
    public func flag(_ name: AttributeName) throws(PithError) -> Bool {
        switch try int(name) {
        case 0: return false
        case 1: return true
        default: throw Self.wrong(name, "0 or 1")
        }
    }

    /// Checks that every flag among the attributes is one.
    ///
    /// - Throws: As `flag`.
    func checkFlags() throws(PithError) {
        for position in entries.indices where entries[position].name.isFlag { _ = try flag(entries[position].name) }
    }

    /// A number attribute.
    ///
    /// - Throws: `invalidAttribute` when it is missing or of another kind.
    public func float(_ name: AttributeName) throws(PithError) -> Float {
        guard let position = existing(name), case .float(let value) = entries[position].value else {
            throw Self.wrong(name, "a number")
        }
        return value
    }

    /// A text attribute.
    ///
    /// - Throws: `invalidAttribute` when it is missing or of another kind.
    public func string(_ name: AttributeName) throws(PithError) -> String {
        guard case .string(let value) = self[name] else { throw Self.wrong(name, "a text") }
        return value
    }

    /// A list of integers, nil when the attribute is not there.
    ///
    /// - Throws: `invalidAttribute` when it is of another kind or has another count than the one expected.
    public func ints(_ name: AttributeName, count: Int? = nil) throws(PithError) -> [Int]? {
        guard let value = self[name] else { return nil }
        guard case .ints(let values) = value else { throw Self.wrong(name, "a list of integers") }
        if let count, values.count != count { throw Self.wrong(name, "a list of \(count) integers") }
        var result: [Int] = []
        result.reserveCapacity(values.count)
        for value in values {
            guard let value = Int(exactly: value) else { throw Self.wrong(name, "integers that fit") }
            result.append(value)
        }
        return result
    }

    /// A small tensor, nil when the attribute is not there.
    ///
    /// - Throws: `invalidAttribute` when it is of another kind.
    public func tensor(_ name: AttributeName) throws(PithError) -> TensorValue? {
        guard let value = self[name] else { return nil }
        guard case .tensor(let tensor) = value else { throw Self.wrong(name, "a tensor") }
        return tensor
    }

    /// A graph.
    ///
    /// - Throws: `invalidAttribute` when it is missing or of another kind.
    public func graph(_ name: AttributeName) throws(PithError) -> Graph {
        guard case .graph(let graph) = self[name] else { throw Self.wrong(name, "a graph") }
        return graph
    }

    /// An element type by its number in ONNX; nil for 0 or when the attribute is not there.
    ///
    /// - Throws: `invalidAttribute` for a number that is none of ours.
    public func elementType(_ name: AttributeName) throws(PithError) -> ElementType? {
        guard contains(name) else { return nil }
        let code = try int(name)
        guard code != 0 else { return nil }
        guard let type = ElementType(onnxCode: code) else {
            throw PithError(.invalidAttribute, "attribute '\(name.spelling)' names the element type \(code), not known")
        }
        return type
    }

    /// A text that is one of a few.
    ///
    /// - Throws: `invalidAttribute` when it is missing, of another kind, or none of them.
    public func choice(_ name: AttributeName, of choices: [String]) throws(PithError) -> String {
        let value = try string(name)
        guard choices.contains(value) else {
            var list = ""
            for choice in choices { list += list.isEmpty ? choice : ", " + choice }
            throw Self.wrong(name, "one of " + list)
        }
        return value
    }

    static func wrong(_ name: AttributeName, _ expected: String) -> PithError {
        PithError(.invalidAttribute, "attribute '\(name.spelling)' must be \(expected)")
    }
}
