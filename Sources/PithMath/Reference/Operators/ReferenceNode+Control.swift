import PithGraph

extension ReferenceNode {
    /// The graph of the branch that the condition chooses, run over the captures.
    func branch() throws(PithError) -> [Tensor] {
        guard let condition = try input(0).bools.first else {
            throw PithError(.shapeMismatch, "a condition without an element")
        }
        let graph = try attributes.graph(condition ? .thenBranch : .elseBranch)
        var captures: [Tensor] = []
        for index in inputs.indices.dropFirst() { captures.append(try input(index)) }
        return try Execution.run(graph, inputs: captures, on: .single, byteLimit: Self.branchBytes)
    }

    /// The most bytes of a value inside a branch, of which a file declares nothing.
    private static let branchBytes: UInt64 = 1 << 32
}
