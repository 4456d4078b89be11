extension Graph {
    /// The operators of the nodes, each once, in ascending order of their numbers.
    ///
    /// - Complexity: O(n) in the number of nodes.
    public var operators: [Operator] {
        Operator.allCases.filter(Set(nodes.lazy.map { $0.op }).contains).sorted { $0.rawValue < $1.rawValue }
    }
}
