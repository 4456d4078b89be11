extension Graph {
    /// The operators of the nodes, of those in nested graphs too, each once, in ascending order of their numbers.
    ///
    /// - Complexity: O(n) in the number of nodes.
    public var operators: [Operator] {
        var codes = operatorCodes
        var found: [Operator] = []
        found.reserveCapacity(codes.nonzeroBitCount)
        while codes != 0 {
            if let op = Operator(rawValue: UInt8(codes.trailingZeroBitCount)) { found.append(op) }
            codes &= codes - 1
        }
        return found
    }

    /// A bit for each operator, at the position of its code, which is below 128.
    private var operatorCodes: UInt128 {
        var codes: UInt128 = 0
        for index in nodes.indices {
            codes |= 1 << UInt128(nodes[index].op.rawValue)
            guard nodes[index].attributes.graphDepth > 0 else { continue }
            for case .graph(let nested) in nodes[index].attributes.entries.map({ $0.value }) {
                codes |= nested.operatorCodes
            }
        }
        return codes
    }
}
