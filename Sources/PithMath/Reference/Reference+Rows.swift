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
            var sums = LaneSums<S>()
            for position in positions {
                let e = S.exp(input.elements[position] - greatest)
                result.elements[position] = e
                sums.add(e)
            }
            let sum = sums.total
            let logarithmOfSum = logarithm ? S.log(sum) : 0
            for position in positions {
                result.elements[position] =
                    logarithm
                    ? (input.elements[position] - greatest) - logarithmOfSum : result.elements[position] / sum
            }
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

    /// The position of a row's element.
    func position(_ index: Int, _ row: Int) -> Int { start(of: row) + index * stride }

    /// The position of a row's first element.
    package func start(of row: Int) -> Int { row / stride * stride * length + row % stride }
}
