extension PithError {
    /// Where an error was found; any part may be missing.
    public struct Location: Sendable, Hashable {
        /// The path as the caller gave it.
        public var file: String?

        /// The byte offset from the start of the file.
        public var offset: UInt64?

        /// The four letters of a section of a `.pith` file.
        public var section: String?

        /// The name of a tensor or of a graph's value.
        public var tensor: String?

        /// The name of a node, or its operator and position.
        public var node: String?

        /// Creates a location from the parts that are known.
        public init(
            file: String? = nil, offset: UInt64? = nil, section: String? = nil, tensor: String? = nil,
            node: String? = nil
        ) {
            self.file = file
            self.offset = offset
            self.section = section
            self.tensor = tensor
            self.node = node
        }

        /// A byte offset alone.
        public static func byte(_ offset: UInt64) -> Location { Location(offset: offset) }

        /// A tensor or value by name.
        public static func tensor(_ name: String) -> Location { Location(tensor: name) }

        /// A node by name.
        public static func node(_ name: String) -> Location { Location(node: name) }

        /// A path.
        public static func file(_ path: String) -> Location { Location(file: path) }

        mutating func fill(from outer: Location) {
            if file == nil { file = outer.file }
            if offset == nil { offset = outer.offset }
            if section == nil { section = outer.section }
            if tensor == nil { tensor = outer.tensor }
            if node == nil { node = outer.node }
        }
    }
}

extension PithError.Location: CustomStringConvertible {
    /// For example `mnist.pith: tensor 'fc1.weight', byte 1088`.
    public var description: String {
        var places: [String] = []
        if let section { places.append("section " + section) }
        if let tensor { places.append(tensor.isEmpty ? "a tensor without a name" : "tensor '" + tensor + "'") }
        if let node { places.append("node '" + node + "'") }
        if let offset { places.append("byte \(offset)") }
        var text = ""
        for place in places { text += text.isEmpty ? place : ", " + place }
        guard let file else { return text }
        return text.isEmpty ? file : file + ": " + text
    }
}
