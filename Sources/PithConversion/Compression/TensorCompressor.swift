import PithFormat
import PithGraph
import PithMath

/// Applies a recipe to one tensor.
struct TensorCompressor {
    /// The dimension along which a weight's output channels lie.
    let channelAxis: Int

    /// How the file will be written, which decides what is smallest.
    let options: EncodingOptions

    /// The ways in which a recipe can be followed; which is the smallest is seen when they are coded.
    ///
    /// - Parameter tensor: float32, float16 or bfloat16.
    /// - Throws: `invalidArgument` for elements that are not finite.
    func candidates(_ tensor: Tensor, _ name: String, _ recipe: WeightRecipe) throws(PithError) -> [CompressedTensor] {
        let weights = tensor.floats
        guard weights.allSatisfy({ $0.isFinite }) else {
            throw PithError(
                .invalidArgument, "an element is infinite or not a number", at: .tensor(name),
                advice: "leave the tensor out by the rule '\(name)=kept'")
        }
        let shape = tensor.shape
        guard recipe.density < 1 else {
            return [
                CompressedTensor(
                    name: name, shape: shape, kept: nil, weights: try represented(weights, tensor, shape, recipe))
            ]
        }
        let kept = Self.greatest(weights, recipe.density)
        let list = try Shape(checking: [kept.count])
        var result: [CompressedTensor] = []
        switch recipe.precision {
        case .int8, .int4:
            // Among zeros a scale for each channel; alone, one for all or for each run.
            let masked = Self.masked(weights, kept)
            result.append(
                CompressedTensor(
                    name: name, shape: shape, kept: nil, weights: try represented(masked, tensor, shape, recipe)))
            var grouping = EncodingGroups.tensor
            if case .int4(let block) = recipe.precision { grouping = .blocks(axis: 0, size: block) }
            result.append(
                CompressedTensor(
                    name: name, shape: shape, kept: kept,
                    weights: .quantized(
                        .affine(kept.map { weights[$0] }, list, recipe.precision == .int8 ? .int8 : .int4, grouping))))
        default:
            let words = tensor.words
            let values = Tensor(words: kept.map { words[$0] }, elementType: tensor.elementType, shape: list)
            result.append(
                CompressedTensor(
                    name: name, shape: shape, kept: kept,
                    weights: try represented(values.floats, values, list, recipe)))
        }
        return result
    }

    /// The tensor after the recipe, in the way that takes the fewest bytes.
    func compress(
        _ tensor: Tensor, _ name: String, _ recipe: WeightRecipe
    ) throws(PithError) -> (tensor: CompressedTensor, stored: StoredTensor, bytes: Int) {
        var best: (tensor: CompressedTensor, stored: StoredTensor, bytes: Int)?
        for candidate in try candidates(tensor, name, recipe) {
            let (stored, bytes) = try candidate.smallest(options)
            if best.map({ bytes < $0.bytes }) ?? true { best = (candidate, stored, bytes) }
        }
        guard let best else { throw PithError(.invalidArgument, "there is no way to hold it", at: .tensor(name)) }
        return best
    }

    private func represented(
        _ weights: [Float], _ tensor: Tensor, _ shape: Shape, _ recipe: WeightRecipe
    ) throws(PithError) -> CompressedTensor.Weights {
        switch recipe.precision {
        case .kept: .plain(tensor)
        case .bfloat16: .plain(try tensor.converted(to: .bfloat16))
        case .int8: .quantized(.affine(weights, shape, .int8, channels(shape)))
        case .int4(let block): .quantized(.affine(weights, shape, .int4, blocks(shape, block)))
        case .palette(let entries): .quantized(.palette(weights, shape, entries))
        }
    }

    private func channels(_ shape: Shape) -> EncodingGroups {
        shape.rank > 1 ? .slices(axis: channelAxis, size: 1) : .tensor
    }

    /// Runs along the longest axis that is not the channels'; a scale for each channel where that is short.
    private func blocks(_ shape: Shape, _ block: Int) -> EncodingGroups {
        guard shape.rank > 1 else { return .blocks(axis: 0, size: block) }
        let axes = shape.dimensions.indices.filter { $0 != channelAxis }
        guard let axis = axes.max(by: { (shape[$0], $1) < (shape[$1], $0) }),
            shape[axis] >= EncodingGroups.blockSizes.lowerBound
        else { return channels(shape) }
        return .blocks(axis: axis, size: block)
    }

    /// The places of the weights of the greatest magnitude, earlier ones first where magnitudes are equal; ascending.
    private static func greatest(_ weights: [Float], _ density: Double) -> [Int] {
        let count = min(max(Int((Double(weights.count) * density).rounded()), 0), weights.count)
        guard count > 0 else { return [] }
        let least = weights.map { abs($0) }.sorted(by: >)[count - 1]
        // Zeros need no place of their own.
        var room = least == 0 ? 0 : count - weights.reduce(0) { $0 + (abs($1) > least ? 1 : 0) }
        return weights.indices.filter { index in
            if abs(weights[index]) > least { return true }
            guard abs(weights[index]) == least, room > 0 else { return false }
            room -= 1
            return true
        }
    }

    private static func masked(_ weights: [Float], _ kept: [Int]) -> [Float] {
        var result = [Float](repeating: 0, count: weights.count)
        for place in kept { result[place] = weights[place] }
        return result
    }
}
