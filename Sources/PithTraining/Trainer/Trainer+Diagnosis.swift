import PithGraph
import PithMath

extension Trainer {
    /// Where a loss that is not finite comes from: the first parameter, or else the first layer whose output has an
    /// element that is not finite.
    ///
    /// - Complexity: O(n²) in the layers; it runs once, before the training stops.
    func nonFiniteLoss(_ loss: Float, _ inputs: Tensor) -> PithError {
        let step = stepsTaken + 1
        let error = PithError(
            .nonFiniteLoss, "the loss is \(loss.isNaN ? "no number" : "infinite") at step \(step)",
            advice: "go on from the last checkpoint with a lower learning rate, a warm-up or --clip")
        for (id, parameter) in zip(graph.initializers, parameters)
        where parameter.floats.contains(where: { !$0.isFinite }) {
            var located = error.located(in: .tensor(graph[id].name))
            located.reason += ", after a step left a weight that is not finite"
            return located
        }
        for (index, node) in graph.nodes.enumerated() {
            let variables = parameters.map { Variable($0) }
            let tape = Tape(on: .single)
            guard node.outputs.contains(where: { graph[$0].type.elementType == .float32 }),
                let value = try? tape.run(
                    graph, to: node.outputs[0], inputs: [Variable(inputs)], initializers: variables
                ).value
            else { continue }
            if value.floats.contains(where: { !$0.isFinite }) {
                return error.located(in: .node(layerName(index)))
            }
        }
        return error
    }

    /// For example `Gemm #3 (fc1.weight)`.
    private func layerName(_ index: Int) -> String {
        let name = graph.displayName(ofNode: index)
        let weight = graph.nodes[index].inputs.compactMap { $0 }.first { graph.initializers.contains($0) }
        return weight.map { "\(name) (\(graph[$0].name))" } ?? name
    }
}
