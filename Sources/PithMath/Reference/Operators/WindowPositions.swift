import PithGraph

/// For each output pixel of a window, where its elements lie in a plane of the input.
struct WindowPositions {
    private let window: Window
    private let input: [Int]
    private let output: [Int]
    private let kernelShape: Shape
    private let outputShape: Shape
    /// Elements of an input plane.
    let plane: Int
    /// Elements of an output plane.
    let pixels: Int
    /// Elements of the window.
    let size: Int

    init(_ window: Window, input: [Int], output: [Int]) {
        self.window = window
        self.input = input
        self.output = output
        kernelShape = Shape(window.kernel)
        outputShape = Shape(output)
        plane = Shape(input).elementCount
        pixels = outputShape.elementCount
        size = kernelShape.elementCount
    }

    /// The positions for a pixel in row-major order of the window, nil outside the input, and how many of them lie in
    /// the padded input.
    func elements(of pixel: Int) -> (positions: [Int?], padded: Int) {
        let rank = input.count
        let corner = Self.index(pixel, outputShape)
        var positions: [Int?] = []
        positions.reserveCapacity(size)
        var padded = 0
        var offsets = MultiIndex(window.kernel)
        for _ in 0..<size {
            var position: Int? = 0
            var isPadded = true
            for axis in 0..<rank {
                let place =
                    corner[axis] * window.strides[axis] + offsets.index[axis] * window.dilations[axis]
                    - window.pads[axis]
                isPadded = isPadded && place < input[axis] + window.pads[axis + rank]
                let isInside = place >= 0 && place < input[axis]
                position = isInside ? position.map { $0 * input[axis] + place } : nil
            }
            positions.append(position)
            padded += isPadded ? 1 : 0
            offsets.advance()
        }
        return (positions, padded)
    }

    private static func index(_ position: Int, _ shape: Shape) -> [Int] {
        var rest = position
        var index = [Int](repeating: 0, count: shape.rank)
        for axis in (0..<shape.rank).reversed() {
            index[axis] = rest % shape[axis]
            rest /= shape[axis]
        }
        return index
    }
}
