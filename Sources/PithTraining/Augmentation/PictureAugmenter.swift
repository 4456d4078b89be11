import PithMath

/// Applies an augmentation to pictures of one size: each pixel of the result is drawn, bilinearly, from the place in the
/// source that the random turn, scale, shift and elastic field lead to; outside the source all is 0.
package struct PictureAugmenter: Sendable {
    let augmentation: Augmentation
    let seed: UInt64
    let height: Int
    let width: Int
    private let rowSpline: SplineGrid
    private let columnSpline: SplineGrid
    /// Each byte as a float in 0...1.
    private let levels: [Float] = (0...255).map { Float($0) / 255 }

    package init(_ augmentation: Augmentation, seed: UInt64, height: Int, width: Int) {
        self.augmentation = augmentation
        self.seed = seed
        self.height = height
        self.width = width
        rowSpline = SplineGrid(extent: height)
        columnSpline = SplineGrid(extent: width)
    }

    /// Where a pixel is drawn from, without the elastic field: (x, y) = matrix · (column, row) from the middle + offset.
    private struct Placement {
        var xx: Float = 1
        var xy: Float = 0
        var yx: Float = 0
        var yy: Float = 1
        var x: Float
        var y: Float
    }

    /// Writes the picture of an example, as it is at an epoch.
    ///
    /// - Parameters:
    ///   - number: epoch · (examples in all) + the example's position: what the random numbers belong to.
    ///   - source: `height * width` bytes.
    ///   - target: As many floats.
    package func write(
        number: UInt64, from source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<Float>,
        scratch: inout Scratch
    ) {
        let placement = placement(number)
        let hasField = augmentation.elastic != 0
        if hasField { fillField(number, &scratch) }
        unsafe fillPadded(source, &scratch)
        let (middleX, middleY) = (Float(width - 1) / 2, Float(height - 1) / 2)
        let (right, bottom) = (Float(width), Float(height))
        let stride = width + 3
        unsafe scratch.padded.withUnsafeBufferPointer { padded in
            unsafe scratch.field.withUnsafeBufferPointer { field in
                for row in 0..<height {
                    let v = Float(row) - middleY
                    for column in 0..<width {
                        let u = Float(column) - middleX
                        let index = row * width + column
                        var x = placement.xx * u + placement.xy * v + placement.x
                        var y = placement.yx * u + placement.yy * v + placement.y
                        if hasField {
                            unsafe x += field[index]
                            unsafe y += field[height * width + index]
                        }
                        x = min(max(x, -1), right)
                        y = min(max(y, -1), bottom)
                        let (left, top) = (x.rounded(.down), y.rounded(.down))
                        let (a, b) = (x - left, y - top)
                        let corner = (Int(top) + 1) * stride + Int(left) + 1
                        let (p, q) = unsafe (padded[corner], padded[corner + 1])
                        let (r, s) = unsafe (padded[corner + stride], padded[corner + stride + 1])
                        let (upper, lower) = (p + a * (q - p), r + a * (s - r))
                        unsafe target[index] = upper + b * (lower - upper)
                    }
                }
            }
        }
    }

    private func stream(_ name: String, _ position: UInt64) -> RandomStream {
        RandomStream(seed: seed, stream: RandomStream.identifier(of: name), position: position)
    }

    private func placement(_ number: UInt64) -> Placement {
        var result = Placement(x: Float(width - 1) / 2, y: Float(height - 1) / 2)
        var (cosine, sine): (Float, Float) = (1, 0)
        if augmentation.rotate != 0 {
            var random = stream("augment/rotate", number)
            let angle = (2 * random.uniform() - 1) * augmentation.rotate * Self.radiansPerDegree
            (cosine, sine) = (Elementary.cos(angle), Elementary.sin(angle))
        }
        var (factorX, factorY): (Float, Float) = (1, 1)
        if augmentation.scale != 0 {
            var random = stream("augment/scale", 2 * number)
            factorX = 1 + (2 * random.uniform() - 1) * augmentation.scale
            factorY = 1 + (2 * random.uniform() - 1) * augmentation.scale
        }
        (result.xx, result.xy) = (cosine / factorX, sine / factorX)
        (result.yx, result.yy) = (-sine / factorY, cosine / factorY)
        if augmentation.shift != 0 {
            var random = stream("augment/shift", 2 * number)
            result.x -= (2 * random.uniform() - 1) * augmentation.shift
            result.y -= (2 * random.uniform() - 1) * augmentation.shift
        }
        return result
    }

    private static let radiansPerDegree: Float = 0x1.1df46ap-6

    /// The displacements of all pixels, along x and then along y: first along the rows of control points, then down
    /// the columns.
    private func fillField(_ number: UInt64, _ scratch: inout Scratch) {
        let (rows, columns) = (rowSpline.pointCount, columnSpline.pointCount)
        var random = stream("augment/elastic", number * UInt64(2 * rows * columns))
        for axis in 0..<2 {
            for index in 0..<(rows * columns) {
                scratch.points[index] = (2 * random.uniform() - 1) * augmentation.elastic
            }
            for row in 0..<rows {
                for column in 0..<width {
                    let start = row * columns + columnSpline.first[column]
                    scratch.between[row * width + column] = weighted(
                        scratch.points, start, 1, columnSpline.weights[column])
                }
            }
            for row in 0..<height {
                let (start, weights) = (rowSpline.first[row] * width, rowSpline.weights[row])
                let target = (axis * height + row) * width
                for column in 0..<width {
                    scratch.field[target + column] = weighted(scratch.between, start + column, width, weights)
                }
            }
        }
    }

    @inline(__always)
    private func weighted(_ values: [Float], _ start: Int, _ step: Int, _ weights: SIMD4<Float>) -> Float {
        weights[0] * values[start] + weights[1] * values[start + step] + weights[2] * values[start + 2 * step]
            + weights[3] * values[start + 3 * step]
    }

    /// The source as floats with a margin of zeros, one pixel before it and two behind.
    private func fillPadded(_ source: UnsafePointer<UInt8>, _ scratch: inout Scratch) {
        let stride = width + 3
        for row in 0..<height {
            for column in 0..<width {
                scratch.padded[(row + 1) * stride + column + 1] =
                    levels[Int(unsafe source[row * width + column])]
            }
        }
    }

    /// Memory that one thread uses again for each picture.
    package struct Scratch {
        fileprivate var padded: [Float]
        fileprivate var points: [Float]
        fileprivate var between: [Float]
        fileprivate var field: [Float]
    }

    /// Memory for `write`.
    package func makeScratch() -> Scratch {
        let points = rowSpline.pointCount * columnSpline.pointCount
        return Scratch(
            padded: [Float](repeating: 0, count: (height + 3) * (width + 3)),
            points: [Float](repeating: 0, count: points),
            between: [Float](repeating: 0, count: rowSpline.pointCount * width),
            field: [Float](repeating: 0, count: 2 * height * width))
    }
}
