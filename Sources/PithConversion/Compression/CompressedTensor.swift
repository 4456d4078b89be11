import PithFormat
import PithGraph
import PithMath

/// A tensor after a lossy step, before it is decided how a file holds it.
struct CompressedTensor {
    let name: String
    let shape: Shape

    /// The row-major places of the weights that pruning left, ascending; nil for all.
    let kept: [Int]?

    /// The weights at these places.
    var weights: Weights

    enum Weights {
        /// As they are, one after another.
        case plain(Tensor)
        /// Levels of a palette or of scaled integers.
        case quantized(QuantizedWeights)
    }

    /// The weights one after another, widened.
    private var keptValues: [Float] {
        switch weights {
        case .plain(let tensor): tensor.floats
        case .quantized(let quantized): quantized.values
        }
    }

    /// All elements, row-major, zero where pruning took one.
    var values: [Float] {
        guard let kept else { return keptValues }
        var result = [Float](repeating: 0, count: shape.elementCount)
        for (place, value) in zip(kept, keptValues) { result[place] = value }
        return result
    }

    /// The same as a file holds it, in the way that takes the fewest bytes.
    ///
    /// - Returns: The tensor, and the bytes of a file with nothing else in it.
    func smallest(_ options: EncodingOptions) throws(PithError) -> (tensor: StoredTensor, bytes: Int) {
        var best: (tensor: StoredTensor, bytes: Int)?
        for candidate in try kept == nil ? [dense(weights)] : sparse() {
            let bytes = try ModelFile(role: .weights, tensors: [candidate]).encoded(options).count
            if best.map({ bytes < $0.bytes }) ?? true { best = (candidate, bytes) }
        }
        guard let best else { throw PithError(.invalidArgument, "there is no way to hold it", at: .tensor(name)) }
        return best
    }

    private func dense(_ weights: Weights) throws(PithError) -> StoredTensor {
        switch weights {
        case .plain(let tensor):
            return try StoredTensor(name: name, elementType: tensor.elementType, shape: shape, bytes: tensor.bytes)
        case .quantized(let quantized):
            let (encoding, components) = quantized.encoded
            return try StoredTensor(
                name: name, elementType: .float32, shape: shape, encoding: encoding.encoding, components: components)
        }
    }

    /// Both scans, and all elements where zero can be among them.
    private func sparse() throws(PithError) -> [StoredTensor] {
        var result = [try sparse(weights, kept ?? [], .rowMajor)]
        if let all = withZeros() { result.append(try dense(all)) }
        guard shape.rank > 1 else { return result }
        let strides = shape.strides
        var order: [(position: Int, index: Int)] = []
        for (index, place) in (kept ?? []).enumerated() {
            var (rest, position, step) = (place, 0, 1)
            for axis in 0..<shape.rank {
                position += rest / strides[axis] * step
                rest %= strides[axis]
                step *= shape[axis]
            }
            order.append((position, index))
        }
        order.sort { $0.position < $1.position }
        guard let reordered = reordered(order.map { $0.index }) else { return result }
        result.append(try sparse(reordered, order.map { $0.position }, .columnMajor))
        return result
    }

    private func sparse(
        _ weights: Weights, _ positions: [Int], _ scan: SparseEncoding.Scan
    ) throws(PithError) -> StoredTensor {
        switch weights {
        case .plain(let tensor):
            return try StoredTensor(
                name: name, elementType: tensor.elementType, shape: shape, positions: positions, scan: scan,
                values: .plain, valueComponents: [tensor.bytes])
        case .quantized(let quantized):
            let (values, components) = quantized.encoded
            return try StoredTensor(
                name: name, elementType: .float32, shape: shape, positions: positions, scan: scan, values: values,
                valueComponents: components)
        }
    }

    /// The kept weights in another order; nil where that would give a weight another scale.
    private func reordered(_ order: [Int]) -> Weights? {
        switch weights {
        case .plain(let tensor):
            let words = tensor.words
            return .plain(
                Tensor(words: order.map { words[$0] }, elementType: tensor.elementType, shape: tensor.shape))
        case .quantized(let quantized):
            guard quantized.grouping == .tensor else { return nil }
            return .quantized(quantized.replacing(codes: order.map { quantized.codes[$0] }, shape: quantized.shape))
        }
    }

    /// All elements with the same levels, and zero among them; nil where it cannot be.
    private func withZeros() -> Weights? {
        guard let kept else { return weights }
        switch weights {
        case .plain(let tensor):
            var words = [UInt64](repeating: 0, count: shape.elementCount)
            for (place, word) in zip(kept, tensor.words) { words[place] = word }
            return .plain(Tensor(words: words, elementType: tensor.elementType, shape: shape))
        case .quantized(let quantized):
            guard quantized.grouping == .tensor, let wider = quantized.withLevel(0) else { return nil }
            var codes = [UInt8](repeating: wider.code, count: shape.elementCount)
            for (place, code) in zip(kept, wider.weights.codes) { codes[place] = code }
            return .quantized(wider.weights.replacing(codes: codes, shape: shape))
        }
    }
}
