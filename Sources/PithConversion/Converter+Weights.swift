import Pith
import PithFormat
import PithGraph

/// Weights that come without a graph.
extension Converter {
    /// The weights alone, or with the graph that was given or can be told.
    func attempt(_ weights: SourceWeights, _ file: SourceFile?) throws(PithError) -> Conversion {
        if options.isWeightsOnly { return try weightsAlone(weights, file) }
        let graph: Graph
        if let given = options.graph {
            graph = given
        } else if let activation = options.activation {
            graph = try LinearChain.graph(weights.tensors, activation: activation, name: "chain")
        } else {
            throw PithError(
                .wrongRole, "the file has weights and no graph", at: file?.place ?? PithError.Location(),
                advice: "give a graph, or the activation of a plain chain of linear layers; or take weights only")
        }
        try check(weights, fit: graph)
        return try assemble(graph, weights.tensors, Metadata(), file)
    }

    private func weightsAlone(_ weights: SourceWeights, _ source: SourceFile?) throws(PithError) -> Conversion {
        var conversion = Conversion()
        for error in weights.omitted {
            conversion.problems.append(
                ConversionProblem(
                    node: error.location.tensor ?? "", reason: error.reason,
                    advice: error.advice.isEmpty ? "save the tensor in another type" : error.advice))
        }
        guard conversion.problems.isEmpty else { return conversion }
        guard !weights.tensors.isEmpty else {
            throw PithError(.wrongKind, "there are no tensors in the file", at: source?.place ?? PithError.Location())
        }
        var file = ModelFile(role: .weights)
        file.metadata = try described(Metadata(), graph: nil, source, &conversion.steps)
        let tensors = weights.tensors.map { ConvertedTensor($0, as: elementType ?? $0.elementType) }
        conversion.file = ConvertedFile(file, tensors)
        return conversion
    }

    /// Names everything that keeps weights from fitting a graph, at once.
    private func check(_ weights: SourceWeights, fit graph: Graph) throws(PithError) {
        var faults: [String] = []
        var shapes: [String: Shape] = [:]
        for tensor in weights.tensors { shapes[tensor.name] = tensor.shape }
        var needed: Set<String> = []
        for id in graph.initializers {
            let value = graph[id]
            needed.insert(value.name)
            guard let shape = shapes[value.name] else {
                faults.append("'\(value.name)' \(value.type) is missing")
                continue
            }
            let expected = try value.type.shape()
            if shape != expected { faults.append("'\(value.name)' is \(shape), the graph says \(expected)") }
        }
        guard !faults.isEmpty else { return }
        let unused = weights.tensors.filter { !needed.contains($0.name) }.map { "'\($0.name)' \($0.shape)" }
        throw PithError(
            .shapeMismatch, "the weights do not fit the graph: " + faults.joined(separator: "; "),
            advice: unused.isEmpty
                ? "" : "map OLD=NEW renames a tensor; not used: " + unused.joined(separator: ", "))
    }
}
