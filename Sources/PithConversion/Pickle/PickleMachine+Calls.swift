#if Conversion
    import PithGraph

    /// Where Python's machine would import or call, a note of what and with which arguments.
    extension PickleMachine {
        mutating func noteCall(_ opcode: PickleOpcode) throws(PithError) {
            switch opcode {
            case .global:
                let module = try name(reader.line(limit: Self.lineLimit))
                add(.global(module: module, name: try name(reader.line(limit: Self.lineLimit))))
            case .stackGlobal:
                let names = try pop(2)
                guard case .text(let module) = names[0], case .text(let name) = names[1] else {
                    throw PithError(.malformed, "a class of the pickle is named by what is not text")
                }
                add(.global(module: module, name: name))
            case .instance:
                let module = try name(reader.line(limit: Self.lineLimit))
                let name = try name(reader.line(limit: Self.lineLimit))
                let arguments = try popToMark()
                add(.global(module: module, name: name))
                add(.tuple(arguments))
                try noteCallOnStack(keywords: false)
            case .object:
                let values = try popToMark()
                guard let callable = values.first else { throw PithError(.malformed, "a call without a class") }
                stack.append(callable)
                add(.tuple(Array(values.dropFirst())))
                try noteCallOnStack(keywords: false)
            case .reduce, .newObject: try noteCallOnStack(keywords: false)
            case .newObjectWithKeywords: try noteCallOnStack(keywords: true)
            case .build:
                let state = try pop()
                guard case .object(let index)? = stack.last else {
                    throw PithError(.malformed, "the pickle sets the state of what has none")
                }
                if case .call(let callable, let arguments, let before, let items) = objects[index] {
                    objects.append(.tuple([before, state]))
                    let both: PickleValue = before == .none ? state : .object(objects.count - 1)
                    objects[index] = .call(callable: callable, arguments: arguments, state: both, items: items)
                }
            case .persistentID:
                add(.persistent(.text(try name(reader.line(limit: Self.lineLimit)))))
            case .binPersistentID: add(.persistent(try pop()))
            default: throw PithError(.unsupportedFeature, "the pickle has an opcode that is not on the list")
            }
        }

        private mutating func noteCallOnStack(keywords: Bool) throws(PithError) {
            let values = try pop(keywords ? 3 : 2)
            var arguments = values[1]
            if keywords {
                objects.append(.tuple([values[1], values[2]]))
                arguments = .object(objects.count - 1)
            }
            // The one class whose instances are plain values.
            if case .object(let index) = values[0], case .global("collections", "OrderedDict") = objects[index] {
                let entries = entries(arguments)
                copiedEntries += entries.count
                guard copiedEntries <= Self.copiedEntryLimit else {
                    throw reader.error(.limitExceeded, "the pickle copies over \(Self.copiedEntryLimit) entries")
                }
                add(.dictionary(entries))
                return
            }
            add(.call(callable: values[0], arguments: arguments, state: .none, items: []))
        }

        /// The entries that Python 2 gave to an ordered dictionary as a list of pairs.
        private func entries(_ arguments: PickleValue) -> [(key: PickleValue, value: PickleValue)] {
            let pickle = PickleGraph(root: arguments, objects: objects)
            guard let list = pickle.tuple(arguments)?.first, let pairs = pickle.tuple(list) else { return [] }
            return pairs.compactMap { pair in
                guard let pair = pickle.tuple(pair), pair.count == 2 else { return nil }
                return (pair[0], pair[1])
            }
        }

        private func name(_ bytes: [UInt8]) throws(PithError) -> String {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw PithError(.malformed, "a name of the pickle is not UTF-8")
            }
            return text
        }
    }
#endif
