import PithGraph

extension ReferenceNode {
    private func windowPositions(_ input: Shape) throws(PithError) -> WindowPositions {
        let extents = Array(input.dimensions[2...])
        let kernel = try attributes.ints(.kernelShape) ?? []
        return WindowPositions(
            try Window(attributes, kernel: kernel, input: extents.map { Optional($0) }), input: extents,
            output: Array(shape.dimensions[2...]))
    }

    /// The first greatest element inside the input, or the first NaN, and where it stands in the whole input.
    func maxPool<N: Number>(_ type: N.Type) throws(PithError) -> [Tensor] {
        let x: ReferenceTensor<N> = try numbers(0)
        let positions = try windowPositions(x.shape)
        let isColumnMajor = try attributes.flag(.storageOrder)
        let extents = Array(x.shape.dimensions[2...])
        let planes = shape[0] * shape[1]
        var values = [N](repeating: .zero, count: shape.elementCount)
        var indices = [Int64](repeating: 0, count: shape.elementCount)
        for pixel in 0..<positions.pixels {
            let places = positions.elements(of: pixel).positions
            for plane in 0..<planes {
                var greatest = N.least(of: outputs[0].elementType)
                var winner: Int?
                for case let place? in places where !greatest.isNaN {
                    let element = x.elements[plane * positions.plane + place]
                    guard winner == nil || element > greatest || element.isNaN else { continue }
                    (greatest, winner) = (element, place)
                }
                let index = plane * positions.pixels + pixel
                values[index] = greatest.canonical
                let place = isColumnMajor ? Self.columnMajor(winner ?? 0, extents) : winner ?? 0
                indices[index] = Int64(plane * positions.plane + place)
            }
        }
        return Array([output(0, values), Tensor(integers: indices, shape: shape)].prefix(outputs.count))
    }

    private static func columnMajor(_ position: Int, _ extents: [Int]) -> Int {
        var (rest, result) = (position, 0)
        var index: [Int] = []
        for extent in extents.reversed() {
            index.append(rest % extent)
            rest /= extent
        }
        for (place, extent) in zip(index, extents.reversed()) { result = result * extent + place }
        return result
    }

    func averagePool<S: Scalar>(_ type: S.Type) throws(PithError) -> ReferenceTensor<S> {
        let x: ReferenceTensor<S> = try numbers(0)
        let countsPadding = try attributes.flag(.countIncludePad)
        let positions = try windowPositions(x.shape)
        let planes = shape[0] * shape[1]
        var result = ReferenceTensor<S>(zeros: shape)
        for pixel in 0..<positions.pixels {
            let (places, padded) = positions.elements(of: pixel)
            let inside = places.compactMap { $0 }
            for plane in 0..<planes {
                var sum: S = 0
                for place in inside { sum += x.elements[plane * positions.plane + place] }
                result.elements[plane * positions.pixels + pixel] =
                    (sum / S(countsPadding ? padded : inside.count)).canonical
            }
        }
        return result
    }
}

extension Reference {
    static func globalAveragePool<S: Scalar>(_ x: ReferenceTensor<S>, _ shape: Shape) -> ReferenceTensor<S> {
        planes(of: x, shape) { S.total($0) / S($0.count) }
    }

    static func globalMaxPool<S: Scalar>(_ x: ReferenceTensor<S>, _ shape: Shape) -> ReferenceTensor<S> {
        planes(of: x, shape) { plane in
            var greatest = -S.infinity
            for element in plane where !(element <= greatest) && !greatest.isNaN { greatest = element }
            return greatest
        }
    }

    private static func planes<S: Scalar>(
        of x: ReferenceTensor<S>, _ shape: Shape, _ reduce: (ArraySlice<S>) -> S
    ) -> ReferenceTensor<S> {
        let size = shape.elementCount == 0 ? 0 : x.elements.count / shape.elementCount
        let elements = (0..<shape.elementCount).map { reduce(x.elements[($0 * size)..<(($0 + 1) * size)]).canonical }
        return ReferenceTensor(elements, shape: shape)
    }
}
