#if Conversion
    import PithGraph

    /// Finds the tensors in a pickle and names them as `state_dict()` does.
    struct TorchStateDict {
        private let torch: TorchPickle
        private var pickle: PickleGraph { torch.pickle }

        init(_ pickle: PickleGraph) { torch = TorchPickle(pickle: pickle) }

        /// What checkpoints call the state dict, the likeliest first.
        private static let usualKeys = [
            "state_dict", "model_state_dict", "model", "net", "network", "module", "weights", "params", "state",
        ]

        /// What checkpoints keep beside it for training.
        private static let trainingPrefixes = [
            "optim", "sched", "lr_", "scaler", "grad", "amp", "ema", "callbacks", "loops",
        ]

        /// What modules keep their parts under, which is not in the names.
        private static let transparentKeys: Set<String> = ["_parameters", "_buffers", "_modules"]

        /// The tensors under a key, or of the state dict that there is.
        ///
        /// - Throws: `invalidArgument` naming the keys that there are, where the key is not or is needed; `malformed`.
        func tensors(key: String?) throws(PithError) -> [(name: String, value: TorchPickle.Found)] {
            guard let key else { return try walk(from: stateDict()) }
            var place = pickle.root
            for part in key.split(separator: ".") {
                guard let next = children(place).first(where: { $0.name == part })?.value else {
                    throw PithError(
                        .invalidArgument, "the file has no '\(part)' at that place of '\(key)'",
                        advice: "there are: " + children(place).map { $0.name }.prefix(20).joined(separator: ", "))
                }
                place = next
            }
            return try walk(from: place)
        }

        /// The root, or the one entry of it that holds a state dict.
        private func stateDict() throws(PithError) -> PickleValue {
            var place = pickle.root
            for _ in 0..<8 {
                guard case .dictionary(let entries)? = pickle.object(place) else { return place }
                var candidates: [(name: String, value: PickleValue)] = []
                for entry in entries {
                    if try torch.tensor(entry.value) != nil { return place }
                    guard let name = torch.text(entry.key), pickle.object(entry.value) != nil,
                        !Self.trainingPrefixes.contains(where: { name.lowercased().hasPrefix($0) }),
                        try !walk(from: entry.value, stopsAtFirst: true).isEmpty
                    else { continue }
                    candidates.append((name, entry.value))
                }
                let usual = Self.usualKeys.lazy.compactMap { key in candidates.first { $0.name == key } }.first
                guard let chosen = candidates.count == 1 ? candidates.first : usual else {
                    guard !candidates.isEmpty else { return place }
                    throw PithError(
                        .invalidArgument, "the file holds several sets of tensors",
                        advice: "name one by its key: " + candidates.map { $0.name }.prefix(20).joined(separator: ", "))
                }
                place = chosen.value
            }
            return place
        }

        /// Every tensor reached from a value, each container entered once.
        private func walk(
            from start: PickleValue, stopsAtFirst: Bool = false
        ) throws(PithError) -> [(name: String, value: TorchPickle.Found)] {
            var found: [(name: String, value: TorchPickle.Found)] = []
            var entered: Set<PickleValue> = []
            var rest: [(name: String, value: PickleValue)] = [("", start)]
            while let (name, value) = rest.popLast() {
                guard pickle.object(value) != nil else { continue }
                if let tensor = try torch.tensor(value) {
                    if case .quantized(let elements, let scales, let zeroPoints) = tensor {
                        found.append((name, .torch(elements)))
                        rest += [(Self.path(name, "zero_points"), zeroPoints), (Self.path(name, "scales"), scales)]
                    } else {
                        found.append((name, tensor))
                    }
                    if stopsAtFirst { return found }
                    continue
                }
                guard entered.insert(value).inserted else { continue }
                for child in children(value).reversed() {
                    let path = Self.path(name, child.name)
                    guard path.utf8.count <= Limits.nameBytes else {
                        throw PithError(.limitExceeded, "tensors are nested too deep to name")
                    }
                    rest.append((path, child.value))
                }
            }
            return found
        }

        private static func path(_ outer: String, _ inner: String) -> String {
            if inner.isEmpty || transparentKeys.contains(inner) { return outer }
            return outer.isEmpty ? inner : outer + "." + inner
        }

        /// The parts of a value with their names; empty for those that belong to the value itself.
        private func children(_ value: PickleValue) -> [(name: String, value: PickleValue)] {
            switch pickle.object(value) {
            case .dictionary(let entries)?:
                return entries.compactMap { entry in torch.text(entry.key).map { ($0, entry.value) } }
            case .tuple(let values)?, .list(let values)?, .set(let values)?:
                return values.enumerated().map { ("\($0.offset)", $0.element) }
            case .call(_, let arguments, let state, let items)?:
                var parts: [(name: String, value: PickleValue)] = []
                // The state is a dictionary of attributes, or a pair of such dictionaries.
                switch pickle.object(state) {
                case .tuple(let states)?: parts += states.map { ("", $0) }
                default: parts += children(state)
                }
                // A dictionary of another class has keys before its values; a list has not.
                let isKeyed =
                    items.count % 2 == 0
                    && stride(from: 0, to: items.count, by: 2).allSatisfy { torch.text(items[$0]) != nil }
                if isKeyed {
                    for index in stride(from: 0, to: items.count, by: 2) {
                        parts.append((torch.text(items[index]) ?? "", items[index + 1]))
                    }
                } else {
                    parts += items.enumerated().map { ("\($0.offset)", $0.element) }
                }
                parts += (pickle.tuple(arguments) ?? []).map { ("", $0) }
                return parts
            default: return []
            }
        }
    }
#endif
