import PithGraph

extension ReferenceNode {
    func conv<S: Scalar>(_ type: S.Type) throws(PithError) -> ReferenceTensor<S> {
        let (x, w): (ReferenceTensor<S>, ReferenceTensor<S>) = (try numbers(0), try numbers(1))
        let bias = optionalNumbers(2, as: type)
        let extents = Array(x.shape.dimensions[2...])
        let window = try Window(
            attributes, kernel: Array(w.shape.dimensions[2...]), input: extents.map { Optional($0) })
        let positions = WindowPositions(window, input: extents, output: Array(shape.dimensions[2...]))
        let filtersPerGroup = try w.shape[0] / attributes.int(.group)
        let depth = w.shape[1]
        var result = ReferenceTensor<S>(zeros: shape)
        for pixel in 0..<positions.pixels {
            let places = positions.elements(of: pixel).positions
            for image in 0..<shape[0] {
                for filter in 0..<shape[1] {
                    let firstChannel = image * x.shape[1] + filter / filtersPerGroup * depth
                    var sum: S = 0
                    for c in 0..<depth {
                        let plane = (firstChannel + c) * positions.plane
                        let weights = (filter * depth + c) * positions.size
                        for (k, place) in places.enumerated() {
                            sum = S.multiplyAdd(w.elements[weights + k], place.map { x.elements[plane + $0] } ?? 0, sum)
                        }
                    }
                    if let bias { sum += bias.elements[filter] }
                    result.elements[(image * shape[1] + filter) * positions.pixels + pixel] = sum.canonical
                }
            }
        }
        return result
    }

    /// Each output element sums, over the input channels of its group and then the window in row-major order, those
    /// products whose input element exists.
    func convTranspose<S: Scalar>(_ type: S.Type) throws(PithError) -> ReferenceTensor<S> {
        let (x, w): (ReferenceTensor<S>, ReferenceTensor<S>) = (try numbers(0), try numbers(1))
        let bias = optionalNumbers(2, as: type)
        let extents = Array(x.shape.dimensions[2...])
        let transposed = try TransposedWindow(attributes, kernel: Array(w.shape.dimensions[2...]), input: extents)
        let places = TransposedPositions(transposed, input: extents)
        let groups = try attributes.int(.group)
        let (channels, filters) = (x.shape[1] / groups, w.shape[1])
        let plane = Shape(extents).elementCount
        var result = ReferenceTensor<S>(zeros: shape)
        for pixel in 0..<places.pixels {
            let terms = places.terms(of: pixel)
            for image in 0..<shape[0] {
                for filter in 0..<shape[1] {
                    let first = filter / filters * channels
                    var sum: S = 0
                    for c in 0..<channels {
                        let source = (image * x.shape[1] + first + c) * plane
                        let weights = ((first + c) * filters + filter % filters) * places.size
                        for (k, place) in terms {
                            sum = S.multiplyAdd(w.elements[weights + k], x.elements[source + place], sum)
                        }
                    }
                    if let bias { sum += bias.elements[filter] }
                    result.elements[(image * shape[1] + filter) * places.pixels + pixel] = sum.canonical
                }
            }
        }
        return result
    }
}

/// For each output pixel of a transposed convolution, the window's elements that an input pixel meets there.
struct TransposedPositions {
    private let transposed: TransposedWindow
    private let input: [Int]
    /// Elements of an output plane.
    let pixels: Int
    /// Elements of the window.
    let size: Int

    init(_ transposed: TransposedWindow, input: [Int]) {
        self.transposed = transposed
        self.input = input
        pixels = Shape(transposed.output).elementCount
        size = Shape(transposed.window.kernel).elementCount
    }

    /// Positions in the window, ascending, and in the input's plane.
    func terms(of pixel: Int) -> [(weight: Int, place: Int)] {
        var rest = pixel
        var corner = transposed.output
        for axis in corner.indices.reversed() {
            let extent = corner[axis]
            corner[axis] = rest % extent + transposed.cutBefore[axis]
            rest /= extent
        }
        var terms: [(weight: Int, place: Int)] = []
        var offsets = MultiIndex(transposed.window.kernel)
        for weight in 0..<size {
            var place: Int? = 0
            for axis in corner.indices {
                let reach = corner[axis] - offsets.index[axis] * transposed.window.dilations[axis]
                let stride = transposed.window.strides[axis]
                let isMet = reach >= 0 && reach % stride == 0 && reach / stride < input[axis]
                place = isMet ? place.map { $0 * input[axis] + reach / stride } : nil
            }
            if let place { terms.append((weight, place)) }
            offsets.advance()
        }
        return terms
    }
}
