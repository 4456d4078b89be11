import Pith
import PithFormat
import PithGraph
import PithMath

extension Compressor {
    /// Rounds the weights of each layer anew, in the order of the graph, so that each makes up for what those before it
    /// changed; the same weights without examples.
    func calibrated(_ source: ModelFile, _ parts: [Part]) throws(PithError) -> [Part] {
        guard let examples = calibration, let graph = source.graph else { return parts }
        let uses = WeightUse.all(graph)
        var parts = parts
        var compressed = source
        for part in parts { compressed.replace(part.stored) }
        let order = parts.indices.compactMap { place in uses[parts[place].name].map { (place: place, use: $0) } }
        for (place, use) in order.sorted(by: { $0.use.node < $1.use.node }) {
            var part = parts[place]
            guard case .quantized = part.tensor.weights, let original = source.tensor(named: part.name),
                LayerInputs.supports(graph, use, rank: part.tensor.shape.rank)
            else { continue }
            let shape = part.tensor.shape
            let channels = shape[use.channelAxis]
            let columns = shape.elementCount / channels
            let rounding = GreedyRounding(
                before: try LayerInputs(source, graph, use, columns: columns, examples),
                after: try LayerInputs(compressed, graph, use, columns: columns, examples))
            let weights = try Tensor(original)
            rounding.apply(
                to: &part.tensor, weights.floats, channels: channels, isChannelFirst: use.channelAxis == 0)
            part.stored = try part.tensor.smallest(options).tensor
            parts[place] = part
            compressed.replace(part.stored)
        }
        return parts
    }
}

extension ModelFile {
    /// Puts a tensor in the place of the one of its name.
    fileprivate mutating func replace(_ tensor: StoredTensor) {
        guard let place = tensors.firstIndex(where: { $0.name == tensor.name }) else { return }
        tensors[place] = tensor
    }
}
