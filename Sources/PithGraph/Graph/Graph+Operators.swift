extension Graph {
    /// The operators of the nodes, of those in nested graphs too, each once, in ascending order of their numbers.
    ///
    /// - Complexity: O(n) in the number of nodes.
    public var operators: [Operator] {
        var found: Set<Operator> = []
        collectOperators(into: &found)
        return found.sorted { $0.rawValue < $1.rawValue }
    }

    private func collectOperators(into found: inout Set<Operator>) {
        for node in nodes {
            found.insert(node.op)
            for entry in node.attributes.entries {
                if case .graph(let nested) = entry.value { nested.collectOperators(into: &found) }
            }
        }
    }
}
