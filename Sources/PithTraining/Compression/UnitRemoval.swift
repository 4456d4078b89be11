public import PithGraph
public import PithMath

/// A network with fewer units: rows of a layer's weight, or channels of a convolution, and the columns that take them.
public struct UnitRemoval: Sendable {
    /// The graph; its shapes are those of the parameters.
    public private(set) var graph: Graph
    /// The parameters, one per initializer.
    public private(set) var parameters: [Tensor]
    /// Units removed so far.
    public private(set) var removed = 0

    /// Begins with a network.
    ///
    /// - Throws: `shapeMismatch` for parameters that are not those of the graph.
    public init(_ graph: Graph, parameters: [Tensor]) throws(PithError) {
        for (position, id) in graph.initializers.enumerated() {
            guard position < parameters.count, try parameters[position].shape == graph[id].type.shape() else {
                throw PithError(.shapeMismatch, "the parameters are not the graph's", at: .tensor(graph[id].name))
            }
        }
        self.graph = graph
        self.parameters = parameters
    }

    /// Keeps the units of a layer that matter most: by the norm of what goes in times that of what comes out.
    ///
    /// - Parameters:
    ///   - layer: The layer's name, that of its weight without `.weight`.
    ///   - count: How many units stay, at least 1.
    /// - Throws: `invalidArgument` for a layer whose units cannot be removed.
    public mutating func keep(_ count: Int, of layer: String) throws(PithError) {
        guard count >= 1 else { throw PithError(.invalidArgument, "at least one unit of '\(layer)' must stay") }
        let found = try graph.unitLayer(named: layer)
        let importances = importances(of: found)
        let order = importances.indices.sorted { (-importances[$0], $0) < (-importances[$1], $1) }
        try remove(Set(order.dropFirst(count)), of: found)
    }

    /// Removes the units that change nothing: those that nobody takes, and those whose output is a constant, which the
    /// next bias takes in. At least one of each layer stays.
    ///
    /// Where nobody takes a unit the network computes the same bits; taking a constant in changes the order of a sum.
    ///
    /// - Throws: What rebuilding the graph throws.
    public mutating func removeDead() throws(PithError) {
        // Which nodes and initializers a layer is made of does not change with its units.
        let layers = try graph.unitLayers()
        var before = -1
        while before != removed {
            before = removed
            for layer in layers { try removeDead(of: layer) }
        }
    }

    private mutating func removeDead(of layer: UnitLayer) throws(PithError) {
        let (rows, next) = (parameters[layer.weight].floats, parameters[layer.nextWeight].floats)
        let units = parameters[layer.weight].shape[0]
        let (size, width, taps) = sizes(of: layer)
        var dead: Set<Int> = []
        var bias = layer.nextBias.map { parameters[$0].floats } ?? []
        for unit in 0..<units where dead.count < units - 1 {
            let places = columnPlaces(of: unit, layer, width, taps, parameters[layer.nextWeight].shape[0])
            if places.allSatisfy({ next[$0] == 0 }) {
                dead.insert(unit)
                continue
            }
            guard rows[(unit * size)..<((unit + 1) * size)].allSatisfy({ $0 == 0 }) else { continue }
            let constant = try constant(of: layer, layer.bias.map { parameters[$0].floats[unit] } ?? 0)
            guard constant == 0 || layer.foldsConstants else { continue }
            for (number, place) in places.enumerated() where constant != 0 {
                bias[number / (places.count / bias.count)] += next[place] * constant
            }
            dead.insert(unit)
        }
        if let position = layer.nextBias { parameters[position] = Tensor(bias, shape: parameters[position].shape) }
        try remove(dead, of: layer)
    }

    /// What a unit gives whose sum is always the same.
    private func constant(of layer: UnitLayer, _ sum: Float) throws(PithError) -> Float {
        var variable = Variable(Tensor([sum], shape: [1, 1]))
        let tape = Tape(on: .single)
        for index in layer.between {
            let node = graph.nodes[index]
            switch node.op {
            case .maxPool, .flatten, .dropout, .identity: continue
            default: variable = try tape.apply(node.op, node.attributes, [variable])
            }
        }
        return variable.value.floats[0]
    }

    /// Elements of a unit's row; of a row of the next weight; and behind each of that row's inputs.
    private func sizes(of layer: UnitLayer) -> (row: Int, nextRow: Int, taps: Int) {
        let (shape, next) = (parameters[layer.weight].shape, parameters[layer.nextWeight].shape)
        let nextRow = next.elementCount / max(next[0], 1)
        return (shape.elementCount / max(shape[0], 1), nextRow, nextRow / max(next[1], 1))
    }

    /// The places of a unit's columns in the next weight, row by row.
    private func columnPlaces(of unit: Int, _ layer: UnitLayer, _ width: Int, _ taps: Int, _ rows: Int) -> [Int] {
        let count = layer.columns * taps
        return (0..<rows).flatMap { row in (0..<count).map { row * width + unit * count + $0 } }
    }

    private func importances(of layer: UnitLayer) -> [Double] {
        let (rows, next) = (parameters[layer.weight].floats, parameters[layer.nextWeight].floats)
        let (size, width, taps) = sizes(of: layer)
        func norm(_ values: [Float]) -> Double {
            values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
        return (0..<parameters[layer.weight].shape[0]).map { unit in
            let places = columnPlaces(of: unit, layer, width, taps, parameters[layer.nextWeight].shape[0])
            return norm(Array(rows[(unit * size)..<((unit + 1) * size)])) * norm(places.map { next[$0] })
        }
    }

    private mutating func remove(_ units: Set<Int>, of layer: UnitLayer) throws(PithError) {
        guard !units.isEmpty else { return }
        let kept = (0..<parameters[layer.weight].shape[0]).filter { !units.contains($0) }
        parameters[layer.weight] = parameters[layer.weight].selecting(kept, axis: 0)
        if let bias = layer.bias { parameters[bias] = parameters[bias].selecting(kept, axis: 0) }
        let columns = kept.flatMap { unit in (0..<layer.columns).map { unit * layer.columns + $0 } }
        parameters[layer.nextWeight] = parameters[layer.nextWeight].selecting(columns, axis: 1)
        removed += units.count
        graph = try graph.withInitializers(shaped: parameters.map { $0.shape })
    }
}

extension Tensor {
    /// The slices of a float32 tensor at some positions of an axis.
    func selecting(_ positions: [Int], axis: Int) -> Tensor {
        let outer = shape.dimensions[..<axis].reduce(1, *)
        let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
        let floats = self.floats
        var result: [Float] = []
        result.reserveCapacity(outer * positions.count * inner)
        for block in 0..<outer {
            for position in positions {
                let start = (block * shape[axis] + position) * inner
                result += floats[start..<(start + inner)]
            }
        }
        var extents = shape.dimensions
        extents[axis] = positions.count
        return Tensor(result, shape: Shape(extents))
    }
}
