import PithGraph
import PithMath

/// A layer whose units can be removed: a product or convolution, what happens to each unit's output alone, and the
/// one product or convolution that takes it.
struct UnitLayer {
    /// The position of the weight among the initializers; its axis 0 are the units.
    let weight: Int
    /// The position of the bias, nil for none.
    let bias: Int?
    /// The nodes between the two products, in order.
    let between: [Int]
    /// The position of the weight that takes the output, whose axis 1 are the units' numbers.
    let nextWeight: Int
    /// The position of its bias, nil for none.
    let nextBias: Int?
    /// Columns of the next weight for each unit.
    let columns: Int
    /// Whether a constant output of a unit is a constant in every sum that takes it.
    let foldsConstants: Bool
}

extension Graph {
    /// The layers whose units can be removed, in the order of the graph.
    ///
    /// These are `Gemm` with transposed weights and `Conv` of one group whose weights nobody else uses, followed by
    /// operators that work on each element or channel alone and by just one other product.
    func unitLayers() throws(PithError) -> [UnitLayer] {
        var layers: [UnitLayer] = []
        for index in nodes.indices {
            guard let product = try unitProduct(index), let (between, next) = try path(from: index),
                let taken = try unitProduct(next)
            else { continue }
            let units = try self[initializers[product.weight]].type.shape()[0]
            let inputs = try self[initializers[taken.weight]].type.shape()[1]
            guard units > 0, inputs % units == 0 else { continue }
            let pads = nodes[next].op == .conv ? try nodes[next].attributes.ints(.pads) ?? [] : []
            layers.append(
                UnitLayer(
                    weight: product.weight, bias: product.bias, between: between, nextWeight: taken.weight,
                    nextBias: taken.bias, columns: inputs / units,
                    foldsConstants: taken.bias != nil && pads.allSatisfy { $0 == 0 }))
        }
        return layers
    }

    /// The layer of a name, that of its weight or the same without `.weight`.
    ///
    /// - Throws: `invalidArgument` for a layer whose units cannot be removed.
    func unitLayer(named name: String) throws(PithError) -> UnitLayer {
        let layers = try unitLayers()
        let names = layers.map { self[initializers[$0.weight]].name }
        guard let index = names.firstIndex(where: { $0 == name || $0 == name + ".weight" }) else {
            throw PithError(
                .invalidArgument, "no units of '\(name)' can be removed",
                advice: names.isEmpty ? "leave 'units' out" : "name one of \(names.joined(separator: ", "))")
        }
        return layers[index]
    }

    /// The positions of weight and bias of a product whose units are rows of its weight.
    private func unitProduct(_ index: Int) throws(PithError) -> (weight: Int, bias: Int?)? {
        let node = nodes[index]
        switch node.op {
        case .gemm:
            guard try node.attributes.flag(.transB), try !node.attributes.flag(.transA),
                try node.attributes.float(.alpha) == 1, try node.attributes.float(.beta) == 1
            else { return nil }
        case .conv: guard try node.attributes.int(.group) == 1 else { return nil }
        default: return nil
        }
        guard let id = node.inputs[1], let weight = initializers.firstIndex(of: id), uses(of: id) == 1 else {
            return nil
        }
        guard node.inputs.count > 2, let biasID = node.inputs[2] else { return (weight, nil) }
        guard let bias = initializers.firstIndex(of: biasID), uses(of: biasID) == 1,
            try self[biasID].type.shape().rank == 1
        else { return nil }
        return (weight, bias)
    }

    private func uses(of id: ValueID) -> Int {
        nodes.reduce(outputs.contains(id) ? 1 : 0) { sum, node in
            sum + node.inputs.reduce(0) { $0 + ($1 == id ? 1 : 0) }
        }
    }

    /// The nodes after a product, up to the next product that takes the result as its first input.
    private func path(from start: Int) throws(PithError) -> (between: [Int], next: Int)? {
        var between: [Int] = []
        var value = nodes[start].outputs[0]
        while uses(of: value) == 1, !outputs.contains(value),
            let next = nodes.firstIndex(where: { $0.inputs.contains(value) }), nodes[next].inputs[0] == value
        {
            switch nodes[next].op {
            case .gemm, .conv: return (between, next)
            case .relu, .sigmoid, .tanh, .leakyRelu, .maxPool, .dropout, .identity: between.append(next)
            case .flatten:
                guard try nodes[next].attributes.int(.axis) == 1 else { return nil }
                between.append(next)
            default: return nil
            }
            value = nodes[next].outputs[0]
        }
        return nil
    }
}
