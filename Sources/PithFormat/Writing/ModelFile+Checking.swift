import PithGraph

extension ModelFile {
    /// The positions of the initializers' tensors in the graph's order, then those of the others in their own.
    static func order(_ tensors: [TensorIndex.Entry], for graph: Graph?) throws(PithError) -> [Int] {
        guard let graph, !graph.initializers.isEmpty else { return Array(tensors.indices) }
        var positions: [String: Int] = [:]
        for (position, tensor) in tensors.enumerated() { positions[tensor.name] = position }
        var isTaken = [Bool](repeating: false, count: tensors.count)
        var result: [Int] = []
        for id in graph.initializers {
            guard let position = positions[graph[id].name] else {
                throw PithError(.invalidGraph, "the initializer has no tensor", at: .tensor(graph[id].name))
            }
            isTaken[position] = true
            result.append(position)
        }
        return result + tensors.indices.filter { !isTaken[$0] }
    }

    /// Whether the parts fit together, as far as a file cannot say otherwise: what it says, a reader looks at.
    func check(_ graph: Graph?, _ tensors: [TensorIndex.Entry]) throws(PithError) {
        guard (graph == nil) == (role == .weights) else {
            throw PithError(
                .invalidArgument, graph == nil ? "a \(role.name) needs a graph" : "\(role.name) have no graph")
        }
        try checkOtherSections()
        for tensor in tensors { try Limits.check(name: tensor.name) }
        if let graph { try Self.check(graph, tensors) }
        for vector in testVectors {
            try Self.check(vector, graph)
            guard (vector.inputs + vector.outputs).allSatisfy({ $0.name.isEmpty }) else {
                throw PithError(.invalidName, "a tensor of a test vector has a name")
            }
        }
    }

    /// Whether a test vector's tensors have the types of the graph's inputs and outputs.
    static func check(_ vector: TestVector, _ graph: Graph?) throws(PithError) {
        guard let graph, vector.inputs.count == graph.inputs.count, vector.outputs.count == graph.outputs.count else {
            throw PithError(.invalidGraph, "a test vector has another number of tensors than the graph")
        }
        for (id, tensor) in zip(graph.inputs + graph.outputs, vector.inputs + vector.outputs) {
            guard tensor.encoding == .plain, tensor.layout == .rowMajor, tensor.foreign == nil else {
                throw PithError(.invalidArgument, "a tensor of a test vector is encoded", at: .tensor(graph[id].name))
            }
            try check(tensor.form, graph[id])
        }
    }

    /// Whether a tensor of a test vector has the type of the graph's input or output.
    static func check(_ form: TensorForm, _ value: Graph.Value) throws(PithError) {
        let type = value.type
        let fits =
            type.rank == form.shape.rank
            && zip(type.dimensions, form.shape.dimensions).allSatisfy { ($0.extent ?? $1) == $1 }
        guard fits, type.elementType == form.elementType else {
            throw PithError(
                .shapeMismatch,
                "a test vector has \(form.elementType.name)\(form.shape), where the graph has \(type)",
                at: PithError.Location(section: SectionKind.tests.name, tensor: value.name))
        }
    }

    private func checkOtherSections() throws(PithError) {
        var kinds: Set<String> = []
        for section in otherSections {
            let kind = SectionKind(section.kind)
            guard kind.isWellFormed, !kind.isCritical, kind.isSafeToCopy, !SectionKind.known.contains(kind),
                kinds.insert(section.kind).inserted, kinds.count < FileHeader.maximumSections - SectionKind.known.count
            else {
                throw PithError(
                    .invalidArgument,
                    "'\(section.kind)' is not the kind of a section that may be copied, or there twice")
            }
        }
    }

    /// Each initializer has the tensor at its position.
    private static func check(_ graph: Graph, _ tensors: [TensorIndex.Entry]) throws(PithError) {
        for (position, id) in graph.initializers.enumerated() {
            let name = graph[id].name
            guard position < tensors.count, tensors[position].name == name else {
                throw PithError(.invalidGraph, "the initializer has no tensor at its position", at: .tensor(name))
            }
            let shape = try graph[id].type.shape()
            guard tensors[position].form.shape == shape else {
                throw PithError(
                    .shapeMismatch, "expected \(shape), given \(tensors[position].form.shape)", at: .tensor(name))
            }
            let (type, stored) = (graph[id].type.elementType, tensors[position].form.elementType)
            guard tensors[position].foreign == nil,
                type == stored || type == .float32 && [.float16, .bfloat16].contains(stored)
            else {
                throw PithError(.typeMismatch, "stored as \(stored.name), not \(type.name)", at: .tensor(name))
            }
        }
    }
}
