package import PithGraph

extension Reference {
    /// Softmax, or its logarithm, along an axis.
    static func softmax<S: Scalar>(
        _ input: ReferenceTensor<S>, axis given: Int, logarithm: Bool
    ) -> ReferenceTensor<S> {
        let rows = AxisRows(input.shape, axis: given)
        var result = input
        for row in 0..<rows.count {
            let start = rows.start(of: row)
            let positions = (0..<rows.length).map { start + $0 * rows.stride }
            var greatest = -S.infinity
            var hasNaN = false
            for position in positions {
                let x = input.elements[position]
                hasNaN = hasNaN || x.isNaN
                greatest = x > greatest ? x : greatest
            }
            guard !hasNaN, greatest.isFinite else {
                for position in positions { result.elements[position] = S.canonicalNaN }
                continue
            }
            var sum: S = 0
            for position in positions {
                let e = S.exp(input.elements[position] - greatest)
                result.elements[position] = e
                sum += e
            }
            let logarithmOfSum = logarithm ? S.log(sum) : 0
            for position in positions {
                result.elements[position] =
                    logarithm
                    ? (input.elements[position] - greatest) - logarithmOfSum : result.elements[position] / sum
            }
        }
        return result
    }

    static func batchNormalization<S: Scalar>(
        _ attributes: Attributes, _ x: ReferenceTensor<S>, _ scale: ReferenceTensor<S>, _ offset: ReferenceTensor<S>,
        _ mean: ReferenceTensor<S>, _ variance: ReferenceTensor<S>
    ) throws(PithError) -> ReferenceTensor<S> {
        let epsilon = S(try attributes.float(.epsilon))
        let channels = x.shape[1]
        let planeSize = x.shape.dimensions[2...].reduce(1, *)
        var result = x
        for index in x.elements.indices {
            let channel = index / max(planeSize, 1) % max(channels, 1)
            let factor = scale.elements[channel] / (variance.elements[channel] + epsilon).squareRoot()
            let centred = x.elements[index] - mean.elements[channel]
            result.elements[index] = S.multiplyAdd(centred, factor, offset.elements[channel]).canonical
        }
        return result
    }
}

/// The rows of a tensor along one axis: where each starts, how long it is, how far its elements are apart.
package struct AxisRows {
    /// Elements of a row.
    package let length: Int
    /// How many rows there are.
    package let count: Int
    /// Elements between neighbours of a row.
    package let stride: Int

    /// - Parameter axis: A dimension of the shape; negative counts from the end.
    package init(_ shape: Shape, axis: Int) {
        let axis = axis < 0 ? axis + shape.rank : axis
        length = shape[axis]
        stride = shape.dimensions[(axis + 1)...].reduce(1, *)
        count = length == 0 ? 0 : shape.elementCount / length
    }

    /// The position of a row's first element.
    package func start(of row: Int) -> Int { row / stride * stride * length + row % stride }
}
