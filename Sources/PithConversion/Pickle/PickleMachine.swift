#if Conversion
    import PithGraph

    /// Reads a pickle without running it.
    ///
    /// Python's machine calls whatever a pickle names. This one has a list of opcodes that build plain values, and for
    /// those that would call (`REDUCE`, `BUILD`, `NEWOBJ`, `INST`, `OBJ`) notes down what would have been called with
    /// what. Memory is linear in the bytes read, nothing recurses, and every size is checked against what is left.
    struct PickleMachine {
        /// Objects, stack entries, and memo entries of one pickle.
        static let objectLimit = 1 << 24

        /// Entries that dictionaries copy from lists.
        static let copiedEntryLimit = 1 << 20

        /// Opcodes after which the pickle is given up: each yields at most one value.
        static let opcodeLimit = 1 << 28

        /// Bytes of a line of protocol 0.
        static let lineLimit = 1 << 16

        /// The highest protocol.
        static let newestProtocol = 5

        var reader: SourceReader
        var stack: [PickleValue] = []
        var marks: [Int] = []
        var objects: [PickleObject] = []
        var memo: [Int: PickleValue] = [:]
        /// Entries of dictionaries that were made of lists, which may be any number of times the same.
        var copiedEntries = 0

        init(_ reader: SourceReader) { self.reader = reader }

        /// Reads one pickle; `reader` then stands after its last byte.
        ///
        /// - Throws: `malformed`, `truncated`, `limitExceeded`, `unsupportedFeature` for an opcode or protocol that is
        ///   not known, located at its byte.
        mutating func run() throws(PithError) -> PickleGraph {
            for _ in 0..<Self.opcodeLimit {
                let start = reader.position
                let code = try reader.byte()
                guard let opcode = PickleOpcode(rawValue: code) else {
                    throw PithError(
                        .unsupportedFeature, "the pickle has an opcode \(code), which is not on the list",
                        at: reader.file.location(UInt64(start)))
                }
                if opcode == .stop { return PickleGraph(root: try pop(), objects: objects) }
                do throws(PithError) {
                    try step(opcode)
                } catch {
                    throw error.located(in: reader.file.location(UInt64(start)))
                }
                guard objects.count <= Self.objectLimit, stack.count <= Self.objectLimit else {
                    throw reader.error(.limitExceeded, "the pickle has over \(Self.objectLimit) objects")
                }
            }
            throw reader.error(.limitExceeded, "the pickle has over \(Self.opcodeLimit) opcodes")
        }

        private mutating func step(_ opcode: PickleOpcode) throws(PithError) {
            switch opcode {
            case .protocolVersion:
                let version = try reader.byte()
                guard version <= Self.newestProtocol else {
                    throw PithError(.unsupportedVersion, "pickle protocol \(version)")
                }
            case .frame:
                let length = try reader.number(bytes: 8)
                guard length <= UInt64(reader.remaining) else { throw PithError(.truncated, "a frame leaves the file") }
            case .mark: marks.append(stack.count)
            case .pop: try popOrMark()
            case .popMark: _ = try popToMark()
            case .duplicate: stack.append(try top())
            case .none, .newTrue, .newFalse, .binInt, .binInt1, .binInt2, .intLine, .longLine, .long1, .long4,
                .binFloat,
                .floatLine:
                stack.append(try number(opcode))
            case .binUnicode, .shortBinUnicode, .binUnicode8, .unicodeLine, .stringLine, .binString, .shortBinString:
                stack.append(try text(opcode))
            case .binBytes, .shortBinBytes, .binBytes8, .byteArray8: add(.bytes(try bytes(opcode)))
            case .emptyTuple: add(.tuple([]))
            case .tuple: add(.tuple(try popToMark()))
            case .tuple1: add(.tuple(try pop(1)))
            case .tuple2: add(.tuple(try pop(2)))
            case .tuple3: add(.tuple(try pop(3)))
            case .emptyList: add(.list([]))
            case .list: add(.list(try popToMark()))
            case .emptyDict: add(.dictionary([]))
            case .dict: add(.dictionary(try pairs(popToMark())))
            case .emptySet: add(.set([]))
            case .frozenSet: add(.set(try popToMark()))
            case .append: try extend([pop()])
            case .appends, .addItems: try extend(popToMark())
            case .setItem: try setItems(pop(2))
            case .setItems: try setItems(popToMark())
            case .put, .binPut, .longBinPut, .memoize, .get, .binGet, .longBinGet: try useMemo(opcode)
            default: try noteCall(opcode)
            }
        }

        mutating func add(_ object: PickleObject) {
            objects.append(object)
            stack.append(.object(objects.count - 1))
        }

        mutating func pop() throws(PithError) -> PickleValue {
            guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
                throw PithError(.malformed, "the pickle takes from an empty stack")
            }
            return value
        }

        mutating func pop(_ count: Int) throws(PithError) -> [PickleValue] {
            guard stack.count - count >= (marks.last ?? 0) else {
                throw PithError(.malformed, "the pickle takes from an empty stack")
            }
            let values = Array(stack.suffix(count))
            stack.removeLast(count)
            return values
        }

        mutating func popToMark() throws(PithError) -> [PickleValue] {
            guard let mark = marks.popLast(), mark <= stack.count else {
                throw PithError(.malformed, "the pickle has no mark to take back to")
            }
            let values = Array(stack[mark...])
            stack.removeLast(stack.count - mark)
            return values
        }

        private mutating func popOrMark() throws(PithError) {
            if let mark = marks.last, mark == stack.count {
                marks.removeLast()
            } else {
                _ = try pop()
            }
        }

        private func top() throws(PithError) -> PickleValue {
            guard let value = stack.last else { throw PithError(.malformed, "the pickle looks at an empty stack") }
            return value
        }

        func pairs(_ values: [PickleValue]) throws(PithError) -> [(key: PickleValue, value: PickleValue)] {
            guard values.count % 2 == 0 else { throw PithError(.malformed, "the pickle has a key without a value") }
            return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
        }

        /// Appends to the list, set, or called object on top of the stack.
        private mutating func extend(_ values: [PickleValue]) throws(PithError) {
            try change { object throws(PithError) in
                switch object {
                case .list(var items):
                    object = .tuple([])
                    items += values
                    object = .list(items)
                case .set(var items):
                    object = .tuple([])
                    items += values
                    object = .set(items)
                case .call(let callable, let arguments, let state, var items):
                    object = .tuple([])
                    items += values
                    object = .call(callable: callable, arguments: arguments, state: state, items: items)
                default: throw PithError(.malformed, "the pickle appends to what is not a list")
                }
            }
        }

        /// Sets entries of the dictionary, or called object, on top of the stack.
        private mutating func setItems(_ values: [PickleValue]) throws(PithError) {
            let pairs = try pairs(values)
            try change { object throws(PithError) in
                switch object {
                case .dictionary(var entries):
                    object = .tuple([])
                    entries += pairs
                    object = .dictionary(entries)
                case .call(let callable, let arguments, let state, var items):
                    object = .tuple([])
                    items += values
                    object = .call(callable: callable, arguments: arguments, state: state, items: items)
                default: throw PithError(.malformed, "the pickle sets an entry of what is not a dictionary")
                }
            }
        }

        private mutating func change(_ body: (inout PickleObject) throws(PithError) -> Void) throws(PithError) {
            guard case .object(let index) = try top() else {
                throw PithError(.malformed, "the pickle changes what cannot be changed")
            }
            try body(&objects[index])
        }

        private mutating func useMemo(_ opcode: PickleOpcode) throws(PithError) {
            let key: Int
            switch opcode {
            case .memoize: key = memo.count
            case .put, .get: key = try lineNumber()
            case .binPut, .binGet: key = Int(try reader.byte())
            default: key = Int(try reader.number(bytes: 4))
            }
            switch opcode {
            case .get, .binGet, .longBinGet:
                guard let value = memo[key] else {
                    throw PithError(.malformed, "the pickle asks for memo \(key), which is empty")
                }
                stack.append(value)
            default:
                guard memo.count < Self.objectLimit else {
                    throw PithError(.limitExceeded, "the pickle's memo is full")
                }
                memo[key] = try top()
            }
        }

        private mutating func lineNumber() throws(PithError) -> Int {
            guard let key = Int(String(decoding: try reader.line(limit: 20), as: UTF8.self)), key >= 0 else {
                throw PithError(.malformed, "a number of the pickle is not one")
            }
            return key
        }
    }
#endif
