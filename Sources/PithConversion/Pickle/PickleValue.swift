#if Conversion
    /// A value on the machine's stack. What has parts is kept in a table and named by its position, so that values that
    /// hold each other, or are nested a million deep, are walked and freed without recursion.
    enum PickleValue: Sendable, Hashable {
        case none
        case bool(Bool)
        case int(Int64)
        /// An integer of more than 64 bits, which nothing here needs.
        case longInt
        case float(Double)
        case text(String)
        /// A position in the machine's table.
        case object(Int)
    }

    /// What has parts.
    enum PickleObject: Sendable {
        case bytes([UInt8])
        case tuple([PickleValue])
        case list([PickleValue])
        case set([PickleValue])
        case dictionary([(key: PickleValue, value: PickleValue)])
        /// A class or function by name. It is never looked up, only compared with those that are known.
        case global(module: String, name: String)
        /// What a persistent id stands for: a storage of PyTorch.
        case persistent(PickleValue)
        /// What calling a class or function would have given: nothing is called.
        case call(callable: PickleValue, arguments: PickleValue, state: PickleValue, items: [PickleValue])
    }

    /// Everything that a pickle holds.
    struct PickleGraph: Sendable {
        let root: PickleValue
        let objects: [PickleObject]

        func object(_ value: PickleValue) -> PickleObject? {
            guard case .object(let index) = value else { return nil }
            return objects[index]
        }

        /// The items of a tuple or list, also of a `torch.Size`, and of a list that TorchScript tagged with its type.
        func tuple(_ value: PickleValue) -> [PickleValue]? {
            switch object(value) {
            case .tuple(let values)?, .list(let values)?: return values
            case .call(_, let arguments, _, _)?:
                guard case .tuple(let values)? = object(arguments), let first = values.first else { return nil }
                switch object(first) {
                case .tuple(let items)?, .list(let items)?: return items
                default: return nil
                }
            default: return nil
            }
        }

        /// The dotted name of a global.
        func globalName(_ value: PickleValue) -> String? {
            guard case .global(let module, let name)? = object(value) else { return nil }
            return module + "." + name
        }

        func bytes(_ value: PickleValue) -> [UInt8]? {
            switch object(value) {
            case .bytes(let bytes)?: return bytes
            // Protocol 2 writes bytes as text of code points under 256: _codecs.encode(text, 'latin1').
            case .call(let callable, let arguments, _, _)? where globalName(callable) == "_codecs.encode":
                guard case .text(let text)? = tuple(arguments)?.first else { return nil }
                var bytes: [UInt8] = []
                for scalar in text.unicodeScalars {
                    guard let byte = UInt8(exactly: scalar.value) else { return nil }
                    bytes.append(byte)
                }
                return bytes
            default: return nil
            }
        }
    }
#endif
