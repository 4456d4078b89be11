/// Rectangles whose areas are in proportion to weights, as square as they can be (Bruls, Huizing and van Wijk, 2000).
struct Treemap {
    struct Rectangle {
        var x: Double
        var y: Double
        var width: Double
        var height: Double
    }

    /// Fills a rectangle.
    ///
    /// - Parameter weights: Not negative. The rectangles are in their order; one of weight 0 is empty.
    static func rectangles(_ weights: [Double], in whole: Rectangle) -> [Rectangle] {
        var result = [Rectangle](
            repeating: Rectangle(x: whole.x, y: whole.y, width: 0, height: 0), count: weights.count)
        let total = weights.reduce(0, +)
        guard total > 0, whole.width > 0, whole.height > 0 else { return result }
        let scale = whole.width * whole.height / total
        let order = weights.indices.filter { weights[$0] > 0 }.sorted { (weights[$1], $0) < (weights[$0], $1) }
        var rest = whole
        var start = 0
        while start < order.count {
            let side = min(rest.width, rest.height)
            var end = start + 1
            while end < order.count {
                let areas = order[start...end].map { weights[$0] * scale }
                guard worst(areas, side) <= worst(Array(areas.dropLast()), side) else { break }
                end += 1
            }
            let row = Array(order[start..<end])
            rest = lay(row, row.map { weights[$0] * scale }, in: rest, &result)
            start = end
        }
        return result
    }

    /// The greatest ratio of two sides in a row of these areas along a side.
    private static func worst(_ areas: [Double], _ side: Double) -> Double {
        let sum = areas.reduce(0, +)
        let depth = sum / side
        return areas.map { max($0 / depth / depth, depth * depth / $0) }.max() ?? .infinity
    }

    /// Places a row along the shorter side and gives what is left.
    private static func lay(
        _ row: [Int], _ areas: [Double], in rest: Rectangle, _ result: inout [Rectangle]
    ) -> Rectangle {
        let sum = areas.reduce(0, +)
        let isTall = rest.width >= rest.height
        let depth = sum / (isTall ? rest.height : rest.width)
        var position = 0.0
        for (index, area) in zip(row, areas) {
            let length = area / depth
            result[index] =
                isTall
                ? Rectangle(x: rest.x, y: rest.y + position, width: depth, height: length)
                : Rectangle(x: rest.x + position, y: rest.y, width: length, height: depth)
            position += length
        }
        return isTall
            ? Rectangle(x: rest.x + depth, y: rest.y, width: max(rest.width - depth, 0), height: rest.height)
            : Rectangle(x: rest.x, y: rest.y + depth, width: rest.width, height: max(rest.height - depth, 0))
    }
}
