import PithGraph

/// How the positions of a resized axis come from the input's (`spec/ARITHMETIC.md`, "Resize"): all in float64.
struct ResizeAxis {
    let input: Int
    let output: Int
    let scale: Double
    /// The part of the axis that `tf_crop_and_resize` takes, from 0 to 1.
    let region: (start: Double, end: Double)
    let mode: String

    /// The output's extent before it is rounded.
    private var width: Double { scale * Double(input) }

    /// The place in the input of a position of the output; nil outside of what `tf_crop_and_resize` may reach.
    func place(of position: Int) -> Double? {
        let x = Double(position)
        let last = Double(input - 1)
        switch mode {
        case "align_corners": return width == 1 ? 0 : x * last / (width - 1)
        case "asymmetric": return x / scale
        case "pytorch_half_pixel": return width == 1 ? -0.5 : (x + 0.5) / scale - 0.5
        case "half_pixel_symmetric":
            let offset = Double(input) / 2 * (1 - Double(output) / width)
            return offset + (x + 0.5) / scale - 0.5
        case "tf_crop_and_resize":
            let part = region.end - region.start
            let offset = region.start * last
            let place = (width == 1 ? part * last / 2 : x * part * last / (width - 1)) + offset
            return place >= 0 && place <= last ? place : nil
        default: return (x + 0.5) / scale - 0.5
        }
    }

    /// The element before a place, and how far the place is from it, more than 0 and at most 1.
    static func split(_ place: Double) -> (index: Int, ratio: Double) {
        let floor = place.rounded(.down)
        return floor == place ? (Int(floor) - 1, 1) : (Int(floor), place - floor)
    }

    func clamped(_ index: Int) -> Int { min(max(index, 0), input - 1) }

    /// The nearest element to a place.
    func nearest(_ place: Double, _ rounding: String) -> Int {
        let (index, ratio) = Self.split(place)
        let takesNext: Bool =
            switch rounding {
            case _ where ratio == 1: true
            case "round_prefer_ceil": ratio >= 0.5
            case "floor": false
            case "ceil": true
            default: ratio > 0.5
            }
        return clamped(takesNext ? index + 1 : index)
    }
}

/// The weights of the elements around a place.
struct ResizeWeights {
    let isCubic: Bool
    let cubic: Double
    let antialias: Bool
    let excludesOutside: Bool

    /// Elements and their weights, in ascending order of place; one beyond the edge stands for the edge.
    func weights(_ place: Double, _ axis: ResizeAxis) -> [(index: Int, weight: Double)] {
        let (base, ratio) = ResizeAxis.split(place)
        let scale = min(axis.scale, 1)
        let reach = isCubic ? 2.0 : 1.0
        let first = antialias ? Int((-reach / scale).rounded(.down)) + 1 : isCubic ? -1 : 0
        var weights = (first..<(2 - first)).map { offset -> Double in
            let distance = Double(offset) - ratio
            return isCubic
                ? kernel(antialias ? distance * scale : distance) : hat(antialias ? distance * scale : distance)
        }
        if excludesOutside {
            for index in weights.indices {
                let place = base + first + index
                if place < 0 || place >= axis.input { weights[index] = 0 }
            }
        }
        if excludesOutside || antialias {
            let sum = weights.reduce(0, +)
            weights = weights.map { $0 / sum }
        }
        return weights.enumerated().map { (axis.clamped(base + first + $0.offset), $0.element) }
    }

    private func hat(_ distance: Double) -> Double { max(1 - distance.magnitude, 0) }

    private func kernel(_ distance: Double) -> Double {
        let x = distance.magnitude
        let a = cubic
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
    }
}
