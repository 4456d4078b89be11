/// Uniform cubic B-splines over control points `spacing` pixels apart, along one axis of a picture.
struct SplineGrid {
    /// Pixels between two control points.
    static let spacing = 7

    /// The control points that the pixels depend on.
    let pointCount: Int
    /// For each pixel, the first of its four control points.
    let first: [Int]
    /// For each pixel, the weights of its four control points, which sum to 1.
    let weights: [SIMD4<Float>]

    /// Pixel p lies at t = (p mod spacing) / spacing behind control point ⌊p / spacing⌋ + 1 of its four; the weights
    /// are (1 - t)³/6, (3t³ - 6t² + 4)/6, (3(1 - t)³ - 6(1 - t)² + 4)/6 and t³/6, in float64, rounded to float32.
    init(extent: Int) {
        pointCount = (max(extent, 1) - 1) / Self.spacing + 4
        first = (0..<extent).map { $0 / Self.spacing }
        weights = (0..<extent).map { pixel in
            let t = Double(pixel % Self.spacing) / Double(Self.spacing)
            let u = 1 - t
            return SIMD4(
                Float(u * u * u / 6), Float((3 * t * t * t - 6 * t * t + 4) / 6),
                Float((3 * u * u * u - 6 * u * u + 4) / 6), Float(t * t * t / 6))
        }
    }
}
