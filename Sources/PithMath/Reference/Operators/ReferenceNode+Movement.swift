import PithGraph

/// Operators that move elements without looking at them.
extension ReferenceNode {
    /// The outputs of an operator that only moves elements, tells shapes, or holds constants; nil for any other.
    func moved() throws(PithError) -> [Tensor]? {
        switch op {
        case .constant: return [try constant()]
        case .identity, .flatten, .reshape, .squeeze, .unsqueeze: return [try input(0).reshaped(to: shape)]
        case .dropout: return try dropout()
        case .shape:
            let range = try op.shapeRange(context)
            return [Tensor(integers: try input(0).shape.dimensions[range].map { Int64($0) }, shape: shape)]
        case .size: return [Tensor(integers: [Int64(try input(0).count)], shape: shape)]
        case .constantOfShape:
            let word = try attributes.tensor(.value)?.words[0] ?? 0
            return [filled(word)]
        case .transpose: return [try transposed()]
        case .expand: return [try taking { BroadcastIndices($0, to: shape) }]
        case .tile: return [try tiled()]
        case .concat: return [try concatenated()]
        case .split: return try split()
        case .slice: return [try sliced()]
        case .gather: return [try gathered()]
        case .pad: return [try padded()]
        case .where: return [try chosen()]
        default: return nil
        }
    }

    private func constant() throws(PithError) -> Tensor {
        if case .ints(let integers) = attributes[.valueInts] { return Tensor(integers: integers, shape: shape) }
        guard let value = try attributes.tensor(.value) else {
            throw PithError(.invalidAttribute, "Constant has no value")
        }
        return try Tensor(bytes: value.bytes, elementType: value.elementType, shape: value.shape)
    }

    private func dropout() throws(PithError) -> [Tensor] {
        let ratio = optionalNumbers(1, as: Float.self)?.elements.first ?? 0.5
        if optional(2)?.bools.first == true, ratio != 0 {
            throw PithError(
                .unsupportedOperation, "Dropout with training_mode is random", advice: "run it in evaluation")
        }
        let mask = [Bool](repeating: true, count: shape.elementCount)
        return Array([try input(0).reshaped(to: shape), Tensor(bools: mask, shape: shape)].prefix(outputs.count))
    }

    private func filled(_ word: UInt64) -> Tensor {
        Tensor(
            words: [UInt64](repeating: word, count: shape.elementCount), elementType: outputs[0].elementType,
            shape: shape)
    }

    /// The first input's elements at positions.
    private func taking(_ indices: (Shape) -> BroadcastIndices) throws(PithError) -> Tensor {
        let data = try input(0)
        let positions = indices(data.shape)
        let words = data.words
        return Tensor(
            words: (0..<shape.elementCount).map { words[positions[$0]] }, elementType: data.elementType, shape: shape)
    }

    private func transposed() throws(PithError) -> Tensor {
        let order = try attributes.ints(.perm) ?? Array((0..<shape.rank).reversed())
        return try taking { input in BroadcastIndices(extents: shape, strides: order.map { input.strides[$0] }) }
    }

    private func tiled() throws(PithError) -> Tensor {
        let data = try input(0)
        let source = data.shape
        return take(from: data) { index in
            var position = 0
            for axis in 0..<source.rank { position += index[axis] % source[axis] * source.strides[axis] }
            return position
        }
    }

    /// For each output element by its index, the element of a tensor at a position, or a word where there is none.
    func take(from data: Tensor, fill: UInt64 = 0, _ position: ([Int]) -> Int?) -> Tensor {
        let words = data.words
        var counter = MultiIndex(shape.dimensions)
        var result: [UInt64] = []
        result.reserveCapacity(shape.elementCount)
        for _ in 0..<shape.elementCount {
            result.append(position(counter.index).map { words[$0] } ?? fill)
            counter.advance()
        }
        return Tensor(words: result, elementType: data.elementType, shape: shape)
    }

    private func concatenated() throws(PithError) -> Tensor {
        let rows = AxisRows(shape, axis: try attributes.int(.axis))
        var parts: [(words: [UInt64], block: Int)] = []
        for index in inputs.indices {
            let part = try input(index)
            let length = AxisRows(part.shape, axis: try attributes.int(.axis)).length
            parts.append((part.words, length * rows.stride))
        }
        var result: [UInt64] = []
        result.reserveCapacity(shape.elementCount)
        let blocks = rows.stride == 0 ? 0 : rows.count / rows.stride
        for block in 0..<blocks {
            for part in parts { result += part.words[(block * part.block)..<((block + 1) * part.block)] }
        }
        return Tensor(words: result, elementType: outputs[0].elementType, shape: shape)
    }

    private func split() throws(PithError) -> [Tensor] {
        let data = try input(0)
        let axis = try attributes.int(.axis)
        let rows = AxisRows(data.shape, axis: axis)
        let words = data.words
        let blocks = rows.stride == 0 ? 0 : rows.count / rows.stride
        var first = 0
        var results: [Tensor] = []
        for part in shapes {
            let length = AxisRows(part, axis: axis).length
            var result: [UInt64] = []
            for block in 0..<blocks {
                let start = (block * rows.length + first) * rows.stride
                result += words[start..<(start + length * rows.stride)]
            }
            results.append(Tensor(words: result, elementType: data.elementType, shape: part))
            first += length
        }
        return results
    }

    private func sliced() throws(PithError) -> Tensor {
        let data = try input(0)
        let cuts = try op.sliceCuts(context, rank: data.shape.rank)
        var offset = 0
        var strides: [Int] = []
        for (axis, cut) in cuts.enumerated() {
            let bounds = cut.bounds(extent: data.shape[axis])
            offset += bounds.start * data.shape.strides[axis]
            strides.append(shape[axis] > 1 ? cut.step * data.shape.strides[axis] : 0)
        }
        let (first, steps) = (offset, strides)
        return take(from: data) { index in zip(index, steps).reduce(first) { $0 + $1.0 * $1.1 } }
    }

    private func gathered() throws(PithError) -> Tensor {
        let data = try input(0)
        let rows = AxisRows(data.shape, axis: try attributes.int(.axis))
        var positions: [Int] = []
        for index in try integers(1) {
            guard index >= -rows.length, index < rows.length else {
                throw PithError(.invalidArgument, "index \(index) is out of range for an extent of \(rows.length)")
            }
            positions.append(index < 0 ? index + rows.length : index)
        }
        let words = data.words
        var result: [UInt64] = []
        result.reserveCapacity(shape.elementCount)
        let blocks = shape.elementCount == 0 ? 0 : rows.count / rows.stride
        for block in 0..<blocks {
            for position in positions {
                let start = (block * rows.length + position) * rows.stride
                result += words[start..<(start + rows.stride)]
            }
        }
        return Tensor(words: result, elementType: data.elementType, shape: shape)
    }

    private func padded() throws(PithError) -> Tensor {
        let data = try input(0)
        let extents = data.shape.dimensions
        let pads = try op.padsBefore(context, rank: extents.count)
        let mode = try attributes.string(.mode)
        let strides = data.shape.strides
        if mode != "constant", data.count == 0, shape.elementCount > 0 {
            throw PithError(.shapeMismatch, "nothing to pad with in \(data)")
        }
        return take(from: data, fill: optional(2)?.words.first ?? 0) { index in
            var position = 0
            for axis in extents.indices {
                guard let source = Self.padSource(index[axis] - pads[axis], extent: extents[axis], mode) else {
                    return nil
                }
                position += source * strides[axis]
            }
            return position
        }
    }

    private static func padSource(_ index: Int, extent: Int, _ mode: String) -> Int? {
        if index >= 0, index < extent { return index }
        switch mode {
        case "edge": return index < 0 ? 0 : extent - 1
        case "wrap": return (index % extent + extent) % extent
        case "reflect":
            // The edge stands once: 2 1 | 0 1 2 | 1 0; one element repeats.
            let period = max(2 * (extent - 1), 1)
            let phase = (index % period + period) % period
            return phase < extent ? phase : period - phase
        default: return nil
        }
    }

    private func chosen() throws(PithError) -> Tensor {
        let (condition, yes, no) = (try input(0), try input(1), try input(2))
        let (flags, left, right) = (condition.bools, yes.words, no.words)
        let conditionIndices = BroadcastIndices(condition.shape, to: shape)
        let leftIndices = BroadcastIndices(yes.shape, to: shape)
        let rightIndices = BroadcastIndices(no.shape, to: shape)
        let words = (0..<shape.elementCount).map { index in
            flags[conditionIndices[index]] ? left[leftIndices[index]] : right[rightIndices[index]]
        }
        return Tensor(words: words, elementType: yes.elementType, shape: shape)
    }
}
