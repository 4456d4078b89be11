import PithGraph

extension Graph {
    /// For each initializer, whether a step changes it: float32, and no running statistic of a normalisation.
    var isTrained: [Bool] {
        initializers.map { id in
            self[id].type.elementType == .float32
                && !nodes.contains { $0.op == .batchNormalization && $0.inputs[3...].contains(id) }
        }
    }

    /// The shape of one example as the only input takes it.
    ///
    /// - Throws: `invalidGraph` for a graph with another number of inputs, `shapeMismatch` for one that takes other
    ///   pictures.
    func exampleShape(height: Int, width: Int) throws(PithError) -> [Int] {
        guard inputs.count == 1 else {
            throw PithError(
                .invalidGraph, "the graph has \(inputs.count) inputs",
                advice: "train a graph whose one input is pictures")
        }
        let type = self[inputs[0]].type
        var shape: [Int] = []
        for dimension in type.dimensions.dropFirst() { shape.append(dimension.extent ?? 0) }
        let isFlat = shape == [height * width] || shape == [0]
        guard isFlat || shape.suffix(2) == [height, width] && shape.dropLast(2).allSatisfy({ $0 == 1 }) else {
            throw PithError(
                .shapeMismatch, "the graph takes \(type), the pictures are \(height) × \(width)",
                advice: "make its input [batch, \(height * width)] or [batch, 1, \(height), \(width)]")
        }
        return isFlat ? [height * width] : shape
    }

    /// Checks that the gradient of a value can reach everything that is trained.
    ///
    /// - Throws: `unsupportedOperation` naming the first operator on the way that has no gradient, and its node.
    func checkIsDifferentiable(to target: ValueID) throws(PithError) {
        var isReached = [Bool](repeating: false, count: values.count)
        for (id, isTrained) in zip(initializers, isTrained) where isTrained { isReached[id.index] = true }
        let needed = nodes(leadingTo: target)
        for (index, node) in nodes.enumerated() where needed[index] {
            guard node.inputs.contains(where: { $0.map { isReached[$0.index] } ?? false }) else { continue }
            for output in node.outputs where self[output].type.elementType.isFloatingPoint {
                guard node.op.isDifferentiable else {
                    throw PithError(
                        .unsupportedOperation, "\(node.op.name) has no gradient", at: .node(displayName(ofNode: index)),
                        advice: "train a graph without it")
                }
                isReached[output.index] = true
            }
        }
    }
}
