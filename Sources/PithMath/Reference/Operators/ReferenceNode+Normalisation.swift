import PithGraph

extension ReferenceNode {
    func batchNormalization<S: Scalar>(_ type: S.Type) throws(PithError) -> [Tensor] {
        let x: ReferenceTensor<S> = try numbers(0)
        let isTraining = try attributes.flag(.trainingMode)
        let channels = ChannelPlanes(x.shape)
        var means: [S] = try numbers(3).elements
        var variances: [S] = try numbers(4).elements
        let running = (means, variances)
        if isTraining { (means, variances) = channels.statistics(x.elements, channels: x.shape[1]) }
        guard isTraining else { return result(try normalised(x, channels, means, variances) { $0 / $1 }) }
        let y = try normalised(x, channels, means, variances) { $0 * (1 / $1) }
        let momentum = S(try attributes.float(.momentum))
        func blended(_ old: [S], _ new: [S]) -> [S] {
            zip(old, new).map { ($0 * momentum + $1 * (1 - momentum)).canonical }
        }
        let statistics = [blended(running.0, means), blended(running.1, variances)]
        return result(y) + (1..<outputs.count).map { output($0, statistics[$0 - 1]) }
    }

    func instanceNormalization<S: Scalar>(_ type: S.Type) throws(PithError) -> ReferenceTensor<S> {
        let x: ReferenceTensor<S> = try numbers(0)
        // Every image's channel is a channel of its own.
        let planes = x.shape[0] * x.shape[1]
        let size = planes == 0 ? 0 : x.elements.count / planes
        let alone = ReferenceTensor(x.elements, shape: Shape([1, planes, size]))
        let channels = ChannelPlanes(alone.shape)
        let (means, variances) = channels.statistics(x.elements, channels: planes)
        let y = try normalised(alone, channels, means, variances) { $0 / $1 }
        return ReferenceTensor(y.elements, shape: shape)
    }

    /// y = fma(x − mean, a, offset), per channel, with a made of scale and sqrt(variance + epsilon).
    private func normalised<S: Scalar>(
        _ x: ReferenceTensor<S>, _ channels: ChannelPlanes, _ means: [S], _ variances: [S], factor: (S, S) -> S
    ) throws(PithError) -> ReferenceTensor<S> {
        let epsilon = S(try attributes.float(.epsilon))
        let scale: [S] = try numbers(1).elements
        let offset: [S] = try numbers(2).elements
        var result = x
        for index in x.elements.indices {
            let channel = channels.channel(of: index)
            let a = factor(scale[channel % scale.count], (variances[channel] + epsilon).squareRoot())
            result.elements[index] =
                S.multiplyAdd(x.elements[index] - means[channel], a, offset[channel % offset.count]).canonical
        }
        return result
    }

    func layerNormalization<S: Scalar>(_ type: S.Type) throws(PithError) -> [Tensor] {
        let x: ReferenceTensor<S> = try numbers(0)
        let scale: ReferenceTensor<S> = try numbers(1)
        let offset = optionalNumbers(2, as: type)
        let axis = try attributes.int(.axis)
        let outer = x.shape.dimensions[..<(axis < 0 ? axis + x.shape.rank : axis)].reduce(1, *)
        let size = outer == 0 ? 0 : x.elements.count / outer
        let epsilon = S(try attributes.float(.epsilon))
        let scaleIndices = BroadcastIndices(scale.shape, to: shape)
        let offsetIndices = offset.map { BroadcastIndices($0.shape, to: shape) }
        var result = x
        var (means, inverses): ([S], [S]) = ([], [])
        for row in 0..<outer {
            let (mean, variance) = S.statistics(x.elements[(row * size)..<((row + 1) * size)])
            let inverse = 1 / (variance + epsilon).squareRoot()
            means.append(mean.canonical)
            inverses.append(inverse.canonical)
            for index in (row * size)..<((row + 1) * size) {
                let y = (x.elements[index] - mean) * inverse
                let factor = scale.elements[scaleIndices[index]]
                guard let offset, let offsetIndices else {
                    result.elements[index] = (y * factor).canonical
                    continue
                }
                result.elements[index] = S.multiplyAdd(y, factor, offset.elements[offsetIndices[index]]).canonical
            }
        }
        return [output(0, result.elements), output(1, means, outputs), output(2, inverses, outputs)].compactMap { $0 }
    }

    /// An output that may not be asked for.
    private func output<S: Scalar>(_ index: Int, _ elements: [S], _ asked: [ValueType]) -> Tensor? {
        index < asked.count ? output(index, elements) : nil
    }
}

extension Scalar {
    /// The mean, and the mean of the squared distances from it.
    static func statistics(_ elements: some Collection<Self>) -> (mean: Self, variance: Self) {
        let count = Self(elements.count)
        let mean = total(elements) / count
        var squares = LaneSums<Self>()
        for element in elements { squares.addSquare(element - mean) }
        return (mean, squares.total / count)
    }
}

/// Which channel an element of [N, C, spatial…] belongs to.
struct ChannelPlanes {
    private let size: Int
    private let channels: Int

    init(_ shape: Shape) {
        size = max(shape.dimensions[2...].reduce(1, *), 1)
        channels = max(shape[1], 1)
    }

    func channel(of index: Int) -> Int { index / size % channels }

    /// Mean and variance per channel: the sixteen sums take each image's plane from the first of them on.
    func statistics<S: Scalar>(_ elements: [S], channels count: Int) -> ([S], [S]) {
        var (means, variances): ([S], [S]) = ([], [])
        for channel in 0..<count {
            let images = stride(from: channel * size, to: elements.count, by: channels * size)
            let count = S(images.underestimatedCount * size)
            func total(_ add: (inout LaneSums<S>, S) -> Void) -> S {
                var sums = LaneSums<S>()
                for first in images {
                    sums.restart()
                    for element in elements[first..<(first + size)] { add(&sums, element) }
                }
                return sums.total
            }
            let mean = total { $0.add($1) } / count
            means.append(mean)
            variances.append(total { $0.addSquare($1 - mean) } / count)
        }
        return (means, variances)
    }
}
