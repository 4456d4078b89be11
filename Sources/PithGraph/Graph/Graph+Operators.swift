extension Graph {
    /// The operators of the nodes, of those in nested graphs too, each once, in ascending order of their numbers.
    ///
    /// - Complexity: O(n) in the number of nodes.
    public var operators: [Operator] {
        // No Set: making its type takes a runtime longer than loading a small model.
        var used = UsedOperators()
        collectOperators(into: &used)
        return used.all
    }

    private func collectOperators(into used: inout UsedOperators) {
        for index in nodes.indices {
            used.insert(nodes[index].op)
            guard nodes[index].attributes.graphDepth > 0 else { continue }
            for entry in nodes[index].attributes.entries {
                if case .graph(let nested) = entry.value { nested.collectOperators(into: &used) }
            }
        }
    }
}

/// A bit for each operator, at the position of its code, which is below 128.
private struct UsedOperators {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    mutating func insert(_ op: Operator) {
        let bit: UInt64 = 1 << UInt64(op.rawValue % 64)
        if op.rawValue < 64 { low |= bit } else { high |= bit }
    }

    /// In ascending order of their codes.
    var all: [Operator] {
        var all: [Operator] = []
        all.reserveCapacity(low.nonzeroBitCount + high.nonzeroBitCount)
        for code in UInt8(0)..<128 {
            let word = code < 64 ? low : high
            if word >> UInt64(code % 64) & 1 != 0, let op = Operator(rawValue: code) { all.append(op) }
        }
        return all
    }
}
