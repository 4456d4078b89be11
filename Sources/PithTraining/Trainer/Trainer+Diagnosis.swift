import PithGraph
import PithMath

extension Trainer {
    /// Where a loss that is not finite comes from: the first parameter, or else the first layer whose output has an
    /// element that is not finite.
    ///
    /// - Complexity: O(n²) in the layers; it runs once, before the training stops.
    func nonFiniteLoss(_ loss: Float, _ inputs: Tensor) -> PithError {
        let what = "the loss is \(loss.isNaN ? "no number" : "infinite") at step \(stepsTaken + 1)"
        if let parameter = firstNonFiniteParameter {
            return Self.diverged(what + ", after a step left a weight that is not finite", at: .tensor(parameter))
        }
        for (index, node) in graph.nodes.enumerated() {
            let variables = parameters.map { Variable($0) }
            let tape = Tape(on: .single)
            guard graph[node.outputs[0]].type.elementType == .float32,
                let value = try? tape.run(
                    graph, to: node.outputs[0], inputs: [Variable(inputs)], initializers: variables
                ).value
            else { continue }
            if value.floats.contains(where: { !$0.isFinite }) {
                return Self.diverged(what, at: .node(layerName(index)))
            }
        }
        return Self.diverged(what)
    }

    /// Checks that the steps taken left weights that are worth keeping.
    ///
    /// - Throws: `nonFiniteLoss` naming the first that is not finite.
    func checkParameters() throws(PithError) {
        guard let parameter = firstNonFiniteParameter else { return }
        throw Self.diverged("step \(stepsTaken) left a weight that is not finite", at: .tensor(parameter))
    }

    private var firstNonFiniteParameter: String? {
        for (id, parameter) in zip(graph.initializers, parameters)
        where parameter.elementType == .float32 && parameter.floats.contains(where: { !$0.isFinite }) {
            return graph[id].name
        }
        return nil
    }

    private static func diverged(_ what: String, at location: PithError.Location = .init()) -> PithError {
        PithError(
            .nonFiniteLoss, what, at: location,
            advice: "go on from the last checkpoint with a lower learning rate, a warm-up or --clip")
    }

    /// For example `Gemm #3 (fc1.weight)`.
    private func layerName(_ index: Int) -> String {
        let name = graph.displayName(ofNode: index)
        let weight = graph.nodes[index].inputs.compactMap { $0 }.first { graph.initializers.contains($0) }
        return weight.map { "\(name) (\(graph[$0].name))" } ?? name
    }
}
