extension Graph {
    /// The operators of the nodes, of those in nested graphs too, each once, in ascending order of their numbers.
    ///
    /// - Complexity: O(n) in the number of nodes.
    public var operators: [Operator] {
        // No Set: making its type takes a runtime longer than loading a small model.
        var isUsed = [Bool](repeating: false, count: Int(UInt8.max) + 1)
        collectOperators(into: &isUsed)
        var found: [Operator] = []
        for (code, isUsed) in isUsed.enumerated() where isUsed {
            if let op = Operator(rawValue: UInt8(code)) { found.append(op) }
        }
        return found
    }

    private func collectOperators(into isUsed: inout [Bool]) {
        for node in nodes {
            isUsed[Int(node.op.rawValue)] = true
            for entry in node.attributes.entries {
                if case .graph(let nested) = entry.value { nested.collectOperators(into: &isUsed) }
            }
        }
    }
}
