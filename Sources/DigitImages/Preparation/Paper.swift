/// The ground of a picture, told by its border: its light as a plane, so that a shadow across it does not count as ink,
/// and its noise.
struct Paper {
    private var level = 0.0
    private var slopeX = 0.0
    private var slopeY = 0.0
    private let isLight: Bool

    /// The distance from the plane under which nearly all of the border lies.
    private(set) var noise = 0.0

    /// The share of the border that the noise covers; strokes may touch the rest.
    private static let covered = 0.95
    /// Border pixels further from the plane than this many times the median distance are no paper.
    private static let outlier = 4.0

    init(_ picture: GreyPicture) {
        let border = Self.border(picture)
        let median = border.map(\.value).sorted()[border.count / 2]
        isLight = median >= 128
        level = median
        guard border.contains(where: { $0.value != median }) else { return }
        for _ in 0..<3 {
            let limit = Self.outlier * max(spread(border, 0.5), 1)
            fit(border.filter { abs($0.value - value($0.x, $0.y)) <= limit }, median)
        }
        noise = spread(border, Self.covered)
    }

    /// How far a pixel stands out from the paper, towards the ink.
    func distance(_ pixel: UInt8, _ x: Int, _ y: Int) -> Double {
        let difference = Double(pixel) - value(Double(x), Double(y))
        return isLight ? -difference : difference
    }

    private func value(_ x: Double, _ y: Double) -> Double { level + slopeX * x + slopeY * y }

    private typealias Pixel = (x: Double, y: Double, value: Double)

    private static func border(_ picture: GreyPicture) -> [Pixel] {
        var pixels: [Pixel] = []
        func add(_ x: Int, _ y: Int) {
            pixels.append((Double(x), Double(y), Double(picture.pixels[y * picture.width + x])))
        }
        for x in 0..<picture.width {
            add(x, 0)
            add(x, picture.height - 1)
        }
        for y in 0..<picture.height {
            add(0, y)
            add(picture.width - 1, y)
        }
        return pixels
    }

    /// The distance from the plane that this share of the border does not pass.
    private func spread(_ border: [Pixel], _ share: Double) -> Double {
        let distances = border.map { abs($0.value - value($0.x, $0.y)) }.sorted()
        return distances[min(Int(Double(distances.count) * share), distances.count - 1)]
    }

    /// The plane of least squares; the flat one where the pixels do not fix it.
    private mutating func fit(_ pixels: [Pixel], _ median: Double) {
        guard pixels.count >= 8 else { return }
        let count = Double(pixels.count)
        let (mx, my) = (pixels.reduce(0) { $0 + $1.x } / count, pixels.reduce(0) { $0 + $1.y } / count)
        let mean = pixels.reduce(0) { $0 + $1.value } / count
        var (xx, xy, yy, xv, yv) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for pixel in pixels {
            let (x, y, v) = (pixel.x - mx, pixel.y - my, pixel.value - mean)
            xx += x * x
            xy += x * y
            yy += y * y
            xv += x * v
            yv += y * v
        }
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-6 * max(xx * yy, 1) else { return }
        slopeX = (xv * yy - yv * xy) / determinant
        slopeY = (yv * xx - xv * xy) / determinant
        level = mean - slopeX * mx - slopeY * my
    }
}
