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
        Self.append(low, from: 0, to: &all)
        Self.append(high, from: 64, to: &all)
        return all
    }

    private static func append(_ bits: UInt64, from first: Int, to all: inout [Operator]) {
        var rest = bits
        while rest != 0 {
            if let op = Operator(rawValue: UInt8(first + rest.trailingZeroBitCount)) { all.append(op) }
            rest &= rest - 1
        }
    }
}
