import PithGraph

extension Reference {
    /// The elements of each window that lie inside the image, given in the order (ky, kx), and the count of window
    /// positions inside the padded image.
    private static func pool<S: Scalar>(
        _ attributes: Attributes, _ x: ReferenceTensor<S>, _ shape: Shape, _ reduce: ([S], Int) -> S
    ) throws(PithError) -> ReferenceTensor<S> {
        let kernel = try attributes.ints(.kernelShape, count: 2) ?? []
        let window = try Window(attributes, kernel: kernel)
        let height = x.shape[2]
        let width = x.shape[3]
        var result = ReferenceTensor<S>(zeros: shape)
        var index = 0
        for plane in 0..<(shape[0] * shape[1]) {
            for row in 0..<shape[2] {
                for column in 0..<shape[3] {
                    var inside: [S] = []
                    var padded = 0
                    for ky in 0..<kernel[0] {
                        let y = row * window.strides[0] + ky * window.dilations[0] - window.pads[0]
                        guard y < height + window.pads[2] else { continue }
                        for kx in 0..<kernel[1] {
                            let left = column * window.strides[1] + kx * window.dilations[1] - window.pads[1]
                            guard left < width + window.pads[3] else { continue }
                            padded += 1
                            guard y >= 0, y < height, left >= 0, left < width else { continue }
                            inside.append(x.elements[(plane * height + y) * width + left])
                        }
                    }
                    result.elements[index] = reduce(inside, padded).canonical
                    index += 1
                }
            }
        }
        return result
    }

    static func maxPool<S: Scalar>(
        _ attributes: Attributes, _ x: ReferenceTensor<S>, _ shape: Shape
    ) throws(PithError) -> ReferenceTensor<S> {
        try pool(attributes, x, shape) { inside, _ in
            var greatest = inside.first ?? -S.infinity
            for element in inside {
                if element.isNaN { return element }
                if element > greatest { greatest = element }
            }
            return greatest
        }
    }

    static func averagePool<S: Scalar>(
        _ attributes: Attributes, _ x: ReferenceTensor<S>, _ shape: Shape
    ) throws(PithError) -> ReferenceTensor<S> {
        let countsPadding = try attributes.flag(.countIncludePad)
        return try pool(attributes, x, shape) { inside, padded in
            var sum: S = 0
            for element in inside { sum += element }
            return sum / S(countsPadding ? padded : inside.count)
        }
    }

    static func globalAveragePool<S: Scalar>(_ x: ReferenceTensor<S>, _ shape: Shape) -> ReferenceTensor<S> {
        var result = ReferenceTensor<S>(zeros: shape)
        let size = shape.elementCount == 0 ? 0 : x.elements.count / shape.elementCount
        for plane in 0..<shape.elementCount {
            var sum: S = 0
            for index in 0..<size { sum += x.elements[plane * size + index] }
            result.elements[plane] = (sum / S(size)).canonical
        }
        return result
    }
}
