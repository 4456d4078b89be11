import PithGraph

extension ReferenceNode {
    /// Gates in the order input, output, forget, cell.
    func lstm<S: Scalar>(_ type: S.Type) throws(PithError) -> [Tensor] {
        let layer = try RecurrentLayer<S>(self, gates: 4)
        let activations = try RecurrentActivations<S>(
            attributes, directions: layer.isReversed.count, defaults: ["Sigmoid", "Tanh", "Tanh"])
        let isCoupled = try attributes.flag(.inputForget)
        let peepholes = optionalNumbers(7, as: type)?.elements
        let size = layer.isReversed.count * layer.batch * layer.hidden
        var hiddens = optionalNumbers(5, as: type)?.elements ?? [S](repeating: 0, count: size)
        var cells = optionalNumbers(6, as: type)?.elements ?? [S](repeating: 0, count: size)
        var y = [S](repeating: 0, count: shape.elementCount)
        for direction in layer.isReversed.indices {
            for image in 0..<layer.batch {
                let start = layer.state(direction, image)
                for time in layer.times(direction, image) {
                    let state = Array(hiddens[start..<(start + layer.hidden)])
                    for unit in 0..<layer.hidden {
                        func gate(_ gate: Int, _ peephole: Int?, _ cell: S) -> S {
                            let sum =
                                layer.fromInput(gate, unit, direction, image, time)
                                + layer.fromState(gate, unit, direction, state)
                            guard let peepholes, let peephole else { return layer.clipped(sum) }
                            let weight = peepholes[(direction * 3 + peephole) * layer.hidden + unit]
                            return layer.clipped(S.multiplyAdd(weight, cell, sum))
                        }
                        let old = cells[start + unit]
                        let input = activations.apply(0, direction, gate(0, 0, old))
                        let forget = isCoupled ? 1 - input : activations.apply(0, direction, gate(2, 2, old))
                        let candidate = activations.apply(1, direction, gate(3, nil, old))
                        let cell = S.multiplyAdd(input, candidate, forget * old)
                        let output = activations.apply(0, direction, gate(1, 1, cell))
                        cells[start + unit] = cell.canonical
                        hiddens[start + unit] = (output * activations.apply(2, direction, cell)).canonical
                    }
                    let place = layer.output(time, direction, image)
                    for unit in 0..<layer.hidden { y[place + unit] = hiddens[start + unit] }
                }
            }
        }
        let results = [y, hiddens, cells]
        return outputs.indices.map { output($0, results[$0]) }
    }

    /// Gates in the order update, reset, hidden.
    func gru<S: Scalar>(_ type: S.Type) throws(PithError) -> [Tensor] {
        let layer = try RecurrentLayer<S>(self, gates: 3)
        let activations = try RecurrentActivations<S>(
            attributes, directions: layer.isReversed.count, defaults: ["Sigmoid", "Tanh"])
        let isLinear = try attributes.flag(.linearBeforeReset)
        let size = layer.isReversed.count * layer.batch * layer.hidden
        var hiddens = optionalNumbers(5, as: type)?.elements ?? [S](repeating: 0, count: size)
        var y = [S](repeating: 0, count: shape.elementCount)
        for direction in layer.isReversed.indices {
            for image in 0..<layer.batch {
                let start = layer.state(direction, image)
                for time in layer.times(direction, image) {
                    let state = Array(hiddens[start..<(start + layer.hidden)])
                    let gates = (0..<2).map { gate in
                        (0..<layer.hidden).map { unit in
                            let sum =
                                layer.fromInput(gate, unit, direction, image, time)
                                + layer.fromState(gate, unit, direction, state)
                            return activations.apply(0, direction, layer.clipped(sum))
                        }
                    }
                    let (update, reset) = (gates[0], gates[1])
                    let kept = isLinear ? state : zip(reset, state).map { $0 * $1 }
                    for unit in 0..<layer.hidden {
                        let past = layer.fromState(2, unit, direction, kept)
                        let sum =
                            layer.fromInput(2, unit, direction, image, time) + (isLinear ? reset[unit] * past : past)
                        let candidate = activations.apply(1, direction, layer.clipped(sum))
                        hiddens[start + unit] =
                            S.multiplyAdd(update[unit], state[unit], (1 - update[unit]) * candidate).canonical
                    }
                    let place = layer.output(time, direction, image)
                    for unit in 0..<layer.hidden { y[place + unit] = hiddens[start + unit] }
                }
            }
        }
        let results = [y, hiddens]
        return outputs.indices.map { output($0, results[$0]) }
    }
}
