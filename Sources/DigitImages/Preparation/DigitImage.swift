public import PithGraph
public import PithMath

/// A picture of a digit as MNIST's are: 28 × 28, the strokes bright on a dark ground, 0...1.
public struct DigitImage: Sendable {
    /// Rows and columns.
    public static let side = 28

    /// Pixels of a picture.
    public static let pixelCount = side * side

    /// The strokes fill a square of this side before they are centred.
    private static let box = 20

    /// `side × side` pixels, rows from the top.
    public let pixels: [Float]

    /// Takes a picture as it is.
    ///
    /// - Throws: `shapeMismatch` when it is not 28 × 28.
    public init(raw picture: GreyPicture) throws(PithError) {
        guard picture.width == Self.side, picture.height == Self.side else {
            throw PithError(
                .shapeMismatch, "the picture has \(picture.width) × \(picture.height) pixels, where 28 × 28 are needed",
                advice: "leave out --raw to have it scaled")
        }
        pixels = picture.pixels.map { Float($0) / 255 }
    }

    /// Prepares a scanned or drawn digit as MNIST's were: the paper, its light and its noise told by the border, strokes
    /// made bright, cropped, scaled into 20 × 20 by area, centred by mass in 28 × 28. A digit of MNIST stays as it is.
    ///
    /// - Throws: `invalidArgument` for a picture without strokes.
    public init(preparing picture: GreyPicture) throws(PithError) {
        let ink = try Self.ink(picture)
        guard let crop = Self.bounds(ink, picture.width, picture.height) else {
            throw PithError(.invalidArgument, "the picture has no strokes")
        }
        let longer = max(crop.rows.count, crop.columns.count)
        let height = max(1, (crop.rows.count * Self.box + longer / 2) / longer)
        let width = max(1, (crop.columns.count * Self.box + longer / 2) / longer)
        let scaled = Self.scale(ink, picture.width, crop, width: width, height: height)
        pixels = Self.centre(scaled, width: width, height: height)
    }

    /// The picture as a tensor [1, 784], after `(pixel - mean) / deviation`.
    public func tensor(mean: Float = 0, deviation: Float = 1) -> Tensor {
        Tensor(pixels.map { ($0 - mean) / deviation }, shape: [1, Self.side * Self.side])
    }

    /// How much ink each pixel has, 0...255: the distance from the paper, as far as it stands out from the paper's noise.
    private static func ink(_ picture: GreyPicture) throws(PithError) -> [UInt8] {
        let paper = Paper(picture)
        var distances: [Double] = []
        distances.reserveCapacity(picture.pixels.count)
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                distances.append(max(0, paper.distance(picture.pixels[y * picture.width + x], x, y)))
            }
        }
        let greatest = distances.reduce(0) { max($0, $1) }
        guard greatest >= leastContrast else { throw PithError(.invalidArgument, "the picture has no strokes") }
        // The share keeps a single speck from counting, the cap a busy border from erasing the strokes.
        let threshold = min(max(2 * paper.noise, greatest * leastShare), greatest * greatestShare)
        return distances.map { $0 < threshold ? 0 : UInt8(($0 * 255 / greatest).rounded()) }
    }

    /// The least distance of the darkest stroke from its paper.
    private static let leastContrast = 16.0
    /// Of the darkest stroke's distance, what counts as ink even on paper without noise.
    private static let leastShare = 1.0 / 64
    /// Of the darkest stroke's distance, what counts as ink on any paper.
    private static let greatestShare = 0.25

    private static func bounds(
        _ ink: [UInt8], _ width: Int, _ height: Int
    ) -> (rows: Range<Int>, columns: Range<Int>)? {
        let rows = (0..<height).filter { y in (0..<width).contains { ink[y * width + $0] > 0 } }
        let columns = (0..<width).filter { x in (0..<height).contains { ink[$0 * width + x] > 0 } }
        guard let top = rows.first, let bottom = rows.last, let left = columns.first, let right = columns.last else {
            return nil
        }
        return (top..<(bottom + 1), left..<(right + 1))
    }

    /// Each target pixel is the mean of the source over the area it covers.
    private static func scale(
        _ ink: [UInt8], _ sourceWidth: Int, _ crop: (rows: Range<Int>, columns: Range<Int>), width: Int, height: Int
    ) -> [Float] {
        let rows = weights(source: crop.rows.count, target: height)
        let columns = weights(source: crop.columns.count, target: width)
        var result = [Float](repeating: 0, count: width * height)
        for y in 0..<height {
            for x in 0..<width {
                var sum: Float = 0
                for (row, rowWeight) in rows[y] {
                    let start = (crop.rows.lowerBound + row) * sourceWidth + crop.columns.lowerBound
                    for (column, columnWeight) in columns[x] {
                        sum += Float(ink[start + column]) * rowWeight * columnWeight
                    }
                }
                result[y * width + x] = sum / 255
            }
        }
        return result
    }

    /// For each target position, which source positions it covers and what share of it each fills.
    private static func weights(source: Int, target: Int) -> [[(Int, Float)]] {
        (0..<target).map { position in
            // In units of 1 / target of a source pixel, a target pixel is `source` long, a source pixel `target`.
            let start = position * source
            let end = start + source
            return (start / target...(end - 1) / target).map { index in
                let overlap = min(end, (index + 1) * target) - max(start, index * target)
                return (index, Float(overlap) / Float(source))
            }
        }
    }

    private static func centre(_ scaled: [Float], width: Int, height: Int) -> [Float] {
        var (mass, x, y): (Float, Float, Float) = (0, 0, 0)
        for index in scaled.indices {
            mass += scaled[index]
            x += scaled[index] * (Float(index % width) + 0.5)
            y += scaled[index] * (Float(index / width) + 0.5)
        }
        // MNIST's own rounding: with it a digit of MNIST comes back as it was.
        let middle = Float(side) / 2
        let left = min(max(Int((middle - x / mass).rounded(.up)), 0), side - width)
        let top = min(max(Int((middle - y / mass).rounded(.up)), 0), side - height)
        var pixels = [Float](repeating: 0, count: side * side)
        for index in scaled.indices {
            pixels[(top + index / width) * side + left + index % width] = min(scaled[index], 1)
        }
        return pixels
    }
}
