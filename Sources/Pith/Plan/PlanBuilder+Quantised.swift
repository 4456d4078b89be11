import PithGraph
import PithMath

extension PlanBuilder {
    /// The step of a product of quantised numbers: what ONNX Runtime's dynamic quantisation makes of a `MatMul` by a
    /// constant.
    ///
    ///     x -> DynamicQuantizeLinear -> MatMulInteger -> Cast -> Mul -> y
    ///                               \-> Mul by the weight's scale -/
    ///
    /// - Parameters:
    ///   - index: The position of the `DynamicQuantizeLinear`.
    ///   - node: That node.
    /// - Returns: nil where something else takes a value in between, or an operand is not constant.
    mutating func quantisedProduct(_ index: Int, _ node: Graph.Node) throws(PithError) -> Plan.Step? {
        guard node.outputs.count == 3, let x = node.inputs[0], !constants.contains(x), graph[x].type.rank >= 2,
            let product = onlyConsumer(of: node.outputs[0]), onlyConsumer(of: node.outputs[2]) == product,
            let scaling = onlyConsumer(of: node.outputs[1]), graph.nodes[scaling].op == .mul,
            graph.nodes[product].op == .matMulInteger, graph.nodes[product].inputs.count > 2,
            graph.nodes[product].inputs[0] == node.outputs[0], graph.nodes[product].inputs[2] == node.outputs[2],
            let cast = onlyConsumer(of: graph.nodes[product].outputs[0]), graph.nodes[cast].op == .cast,
            graph[graph.nodes[cast].outputs[0]].type.elementType == .float32,
            let multiplication = onlyConsumer(of: graph.nodes[cast].outputs[0]),
            graph.nodes[multiplication].op == .mul,
            onlyConsumer(of: graph.nodes[scaling].outputs[0]) == multiplication,
            let matrix = try quantisedMatrix(graph.nodes[product], scaling: graph.nodes[scaling])
        else { return nil }
        for other in [product, scaling, cast, multiplication] { isDone[other] = true }
        return Plan.Step(
            op: .matMulInteger, attributes: graph.nodes[product].attributes, inputs: [.value(x), .packed(matrix)],
            fusion: Fusion(), outputs: graph.nodes[multiplication].outputs,
            nodes: [index, product, scaling, cast, multiplication])
    }

    /// The second matrix of a `MatMulInteger`, packed with the scale that a `Mul` has beside the first one's.
    private mutating func quantisedMatrix(
        _ product: Graph.Node, scaling: Graph.Node
    ) throws(PithError) -> PackedMatrix? {
        guard let weight = product.inputs[1], constants.shape(weight)?.rank == 2 else { return nil }
        var zeros: Tensor?
        if product.inputs.count > 3, let id = product.inputs[3] {
            guard constants.shape(id)?.rank ?? 2 < 2 else { return nil }
            zeros = try constants.tensor(id)
        }
        for case let id? in scaling.inputs where constants.shape(id)?.rank ?? 2 < 2 {
            guard let scales = try constants.tensor(id), let matrix = try constants.tensor(weight) else { return nil }
            return PackedMatrix(bytes: matrix, zeros: zeros, scales: scales)
        }
        return nil
    }
}
