#if !hasFeature(Embedded)
    extension Graph {
        /// Reads a graph from text: the part of ONNX's textual syntax that `text` writes. Comments begin with `#`.
        ///
        /// - Parameter text: The text; attributes that are left out have their defaults, a value named `v` and its
        ///   position has no name.
        /// - Throws: `malformed` for text that is no graph, and what adding to a graph throws; the reason begins with line
        ///   and column.
        public init(text: String) throws(PithError) {
            var parser = GraphParser(text)
            self = try parser.graph(depth: 1)
            try parser.finish()
        }
    }

    /// Builds graphs from text.
    private struct GraphParser {
        private var reader: GraphTextReader

        init(_ text: String) { reader = GraphTextReader(text) }

        mutating func finish() throws(PithError) {
            guard reader.isAtEnd else { throw reader.error("expected nothing after the graph") }
        }

        /// Says where in the text an error of the graph's own checks comes from.
        private func located<R>(at place: Int? = nil, _ body: () throws(PithError) -> R) throws(PithError) -> R {
            do throws(PithError) {
                return try body()
            } catch {
                var error = error
                error.reason = reader.error(error.reason, at: place).reason
                throw error
            }
        }

        mutating func graph(depth: Int) throws(PithError) -> Graph {
            guard depth <= Limits.graphDepth else {
                throw reader.error("graphs stand in graphs over \(Limits.graphDepth) deep", code: .limitExceeded)
            }
            var graph = Graph(name: try reader.name("the graph's name"))
            var ids: [String: Graph.ValueID] = [:]
            for (name, type) in try typed(until: ")", from: "(") {
                ids[name] = try located { () throws(PithError) in try graph.addInput(name, type) }
            }
            try reader.expect("=>")
            let outputs = try typed(until: ")", from: "(")
            if reader.sees("<") {
                for (name, type) in try typed(until: ">", from: "<") {
                    ids[name] = try located { () throws(PithError) in
                        try graph.addInitializer(name, type.elementType, type.shape())
                    }
                }
            }
            try reader.expect("{")
            while !reader.take("}") { try node(&graph, &ids, outputs.map { $0.name }, depth) }
            for (name, type) in outputs {
                guard let id = ids[name] else { throw reader.error("the output '\(name)' is not defined") }
                guard graph[id].type.elementType == type.elementType, graph[id].type.rank == type.rank else {
                    throw reader.error("the output '\(name)' is \(graph[id].type), not \(type)", code: .typeMismatch)
                }
                try located { () throws(PithError) in try graph.addOutput(id, name: name) }
            }
            return graph
        }

        /// A list of types and names.
        private mutating func typed(
            until end: String, from start: String
        ) throws(PithError) -> [(name: String, type: ValueType)] {
            try reader.expect(start)
            var list: [(String, ValueType)] = []
            while !reader.take(end) {
                if !list.isEmpty { try reader.expect(",") }
                let type = try valueType()
                list.append((try reader.name("a name"), type))
            }
            return list
        }

        private mutating func valueType() throws(PithError) -> ValueType {
            let name = try reader.name("an element type")
            guard let elementType = ElementType(name: name) else {
                throw reader.error("'\(name)' is no element type")
            }
            var dimensions: [Dimension] = []
            try reader.expect("[")
            while !reader.take("]") {
                if !dimensions.isEmpty { try reader.expect(",") }
                dimensions.append(try dimension())
            }
            return ValueType(elementType, dimensions)
        }

        private mutating func dimension() throws(PithError) -> Dimension {
            if reader.take("?") { return .unknown }
            if let name = try? reader.name("an extent") { return .symbol(name) }
            guard let extent = Int(exactly: try reader.integer()), extent >= 0 else {
                throw reader.error("an extent is out of range")
            }
            return .fixed(extent)
        }

        private mutating func node(
            _ graph: inout Graph, _ ids: inout [String: Graph.ValueID], _ graphOutputs: [String], _ depth: Int
        ) throws(PithError) {
            let place = reader.place
            var names = [try reader.name("an output or '}'")]
            while reader.take(",") { names.append(try reader.name("an output")) }
            try reader.expect("=")
            let opName = try reader.name("an operator")
            guard let op = Operator(name: opName) else {
                throw reader.error("the operator '\(opName)' is not known", code: .unknownOperator)
            }
            var attributes = Attributes()
            if reader.sees("<") { try self.attributes(&attributes, op, depth) }
            let inputs = try inputs(ids)
            if reader.sees("<") { try self.attributes(&attributes, op, depth) }
            for name in names where ids[name] != nil {
                throw reader.error("'\(name)' is defined twice", code: .duplicateName)
            }
            let first = graph.values.count
            // A name that is only a position, and the names of outputs, which are added later.
            let kept = names.enumerated().map { index, name in
                name == "v\(first + index)" || graphOutputs.contains(name) ? "" : name
            }
            let outputs = try located(at: place) { () throws(PithError) in
                try graph.addNode(op, inputs, attributes, outputNames: kept)
            }
            for (name, id) in zip(names, outputs) { ids[name] = id }
        }

        /// Names in parentheses; nothing between commas for an input that is left out.
        private mutating func inputs(_ ids: [String: Graph.ValueID]) throws(PithError) -> [Graph.ValueID?] {
            try reader.expect("(")
            var inputs: [Graph.ValueID?] = []
            guard !reader.take(")") else { return inputs }
            while true {
                if reader.sees(",") || reader.sees(")") {
                    inputs.append(nil)
                } else {
                    let name = try reader.name("an input")
                    guard let id = ids[name] else {
                        throw reader.error("'\(name)' is not defined before its use", code: .invalidGraph)
                    }
                    inputs.append(id)
                }
                if reader.take(")") { return inputs }
                try reader.expect(",")
            }
        }

        private mutating func attributes(
            _ attributes: inout Attributes, _ op: Operator, _ depth: Int
        ) throws(PithError) {
            try reader.expect("<")
            while !reader.take(">") {
                if !attributes.entries.isEmpty { try reader.expect(",") }
                let spelling = try reader.name("an attribute")
                guard let name = AttributeName(spelling: spelling),
                    let row = op.definition.attributes.first(where: { $0.name == name })
                else { throw reader.error("\(op.name) has no attribute '\(spelling)'", code: .invalidAttribute) }
                // ONNX's syntax may name the kind, which the table knows.
                if reader.take(":") { _ = try reader.name("a kind") }
                try reader.expect("=")
                attributes[name] = try value(row.kind, depth)
            }
        }

        private mutating func value(_ kind: AttributeValue.Kind, _ depth: Int) throws(PithError) -> AttributeValue {
            switch kind {
            case .int: return .int(try reader.integer())
            case .float: return .float(try reader.float())
            case .string: return .string(try reader.string())
            case .ints:
                var values: [Int64] = []
                try list("[", "]") { (reader) throws(PithError) in values.append(try reader.integer()) }
                return .ints(values)
            case .floats:
                var values: [Float] = []
                try list("[", "]") { (reader) throws(PithError) in values.append(try reader.float()) }
                return .floats(values)
            case .strings:
                var values: [String] = []
                try list("[", "]") { (reader) throws(PithError) in values.append(try reader.string()) }
                return .strings(values)
            case .tensor: return .tensor(try tensor())
            case .graph: return .graph(try graph(depth: depth + 1))
            }
        }

        private mutating func list(
            _ start: String, _ end: String, _ item: (inout GraphTextReader) throws(PithError) -> Void
        ) throws(PithError) {
            try reader.expect(start)
            var isFirst = true
            while !reader.take(end) {
                if !isFirst { try reader.expect(",") }
                isFirst = false
                try item(&reader)
            }
        }

        private mutating func tensor() throws(PithError) -> TensorValue {
            let type = try valueType()
            var words: [UInt64] = []
            try list("{", "}") { (reader) throws(PithError) in
                guard words.count < Limits.attributeBytes else {
                    throw reader.error("a value of over \(Limits.attributeBytes) elements", code: .limitExceeded)
                }
                words.append(try Self.element(&reader, type.elementType))
            }
            return try located { () throws(PithError) in
                let shape = try type.shape()
                guard words.count == shape.elementCount else {
                    throw PithError(.shapeMismatch, "\(words.count) elements, which are not \(type)")
                }
                return try TensorValue(type.elementType, shape, words: words)
            }
        }

        /// A decimal number that fits, or bits in hexadecimal.
        private static func element(
            _ reader: inout GraphTextReader, _ type: ElementType
        ) throws(PithError) -> UInt64 {
            let text = try reader.number()
            if text.hasPrefix("0x"), let word = UInt64(text.dropFirst(2), radix: 16),
                type.byteCount == 8
                    || word >> UInt64(8 * type.byteCount) == 0
            {
                return word
            }
            let word: UInt64? =
                switch type {
                case .float32: Float(text).map { UInt64($0.bitPattern) }
                case .float64: Double(text).map { $0.bitPattern }
                case .int64: Int64(text).map { UInt64(bitPattern: $0) }
                case .int32: Int32(text).map { UInt64(truncatingIfNeeded: $0) }
                case .int16: Int16(text).map { UInt64(truncatingIfNeeded: $0) }
                case .int8: Int8(text).map { UInt64(truncatingIfNeeded: $0) }
                case .uint64: UInt64(text)
                case .uint32: UInt32(text).map { UInt64($0) }
                case .uint16: UInt16(text).map { UInt64($0) }
                case .uint8: UInt8(text).map { UInt64($0) }
                case .bool: ["false": 0, "true": 1, "0": 0, "1": 1][text]
                default: nil
                }
            guard let word else { throw reader.error("'\(text)' is no \(type.name)") }
            return word
        }
    }
#endif
