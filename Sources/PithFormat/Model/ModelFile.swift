public import PithGraph

/// What a `.pith` file holds: a graph, tensors, metadata and test vectors.
///
///     let file = try ModelFile.read(from: "mnist.pith", expecting: .model)
///     print(file.tensors.count)
public struct ModelFile: Sendable {
    /// What the file is for.
    public var role: FileRole

    /// The graph; nil for `weights`.
    public var graph: Graph?

    /// The named tensors. In a model or checkpoint one of them has the name and shape of each of the graph's
    /// initializers, and its type too, or `float16` or `bfloat16` where the graph says `float32`.
    public var tensors: [StoredTensor]

    /// Key-values.
    public var metadata: Metadata

    /// Inputs and the exact outputs for them.
    public var testVectors: [TestVector]

    /// Sections that this version does not know, which are written again as they are.
    public var otherSections: [OtherSection]

    /// Creates the contents of a file; `encoded` checks them.
    public init(
        role: FileRole, graph: Graph? = nil, tensors: [StoredTensor] = [], metadata: Metadata = Metadata(),
        testVectors: [TestVector] = [], otherSections: [OtherSection] = []
    ) {
        self.role = role
        self.graph = graph
        self.tensors = tensors
        self.metadata = metadata
        self.testVectors = testVectors
        self.otherSections = otherSections
    }

    /// The tensor with this name, or nil.
    ///
    /// - Complexity: O(n) in the number of tensors.
    public func tensor(named name: String) -> StoredTensor? {
        guard !name.isEmpty else { return nil }
        return tensors.first { $0.name == name }
    }
}
