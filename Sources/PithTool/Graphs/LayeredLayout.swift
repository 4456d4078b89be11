/// Places boxes in layers from top to bottom, each below those it depends on, so that few arrows cross and most are
/// nearly vertical (after Sugiyama, Tagawa and Toda, 1981).
///
/// Arrows over several layers are led through them by points of their own. Positions within a layer minimise the squared
/// distances to the neighbours in the layer before, the order and the gaps kept, by pooling adjacent violators.
struct LayeredLayout {
    struct Size {
        let width: Double
        let height: Double
    }

    struct Point {
        var x: Double
        var y: Double
    }

    /// The centre of each box.
    private(set) var centers: [Point] = []
    /// The points that each arrow runs through, from the lower edge of a box to the upper edge of another.
    private(set) var routes: [[Point]] = []
    /// The size of the whole.
    private(set) var size = Size(width: 0, height: 0)

    private static let columnGap = 28.0
    private static let layerGap = 46.0
    private static let sweeps = 12

    /// One box, or a point through which an arrow passes.
    private struct Item {
        var layer: Int
        var width: Double
        var x = 0.0
        var above: [Int] = []
        var below: [Int] = []
    }

    private var items: [Item]
    private var layers: [[Int]] = []

    /// - Parameters:
    ///   - boxes: The sizes.
    ///   - arrows: Pairs of positions in `boxes`, each from a lower position to a higher one.
    init(boxes: [Size], arrows: [(from: Int, to: Int)]) {
        var layer = [Int](repeating: 0, count: boxes.count)
        for arrow in arrows.sorted(by: { $0.to < $1.to }) {
            layer[arrow.to] = max(layer[arrow.to], layer[arrow.from] + 1)
        }
        // What has no predecessor stands just above the first box that needs it.
        let hasSource = Set(arrows.map { $0.to })
        for index in boxes.indices where !hasSource.contains(index) {
            layer[index] = (arrows.filter { $0.from == index }.map { layer[$0.to] }.min() ?? 1) - 1
        }
        items = zip(layer, boxes).map { Item(layer: $0, width: $1.width) }
        let chains = arrows.map { arrow in chain(from: arrow.from, to: arrow.to) }
        layers = Array(repeating: [], count: (items.map { $0.layer }.max() ?? -1) + 1)
        for index in items.indices { layers[items[index].layer].append(index) }
        for sweep in 0..<Self.sweeps { order(downward: sweep % 2 == 0) }
        for index in layers.indices { spread(layers[index]) }
        for sweep in 0..<Self.sweeps { align(downward: sweep % 2 == 0) }
        place(boxes, chains)
    }

    private mutating func chain(from: Int, to: Int) -> [Int] {
        var chain = [from]
        for layer in items[from].layer + 1..<max(items[to].layer, items[from].layer + 1) {
            chain.append(items.count)
            items.append(Item(layer: layer, width: 4))
        }
        chain.append(to)
        for (upper, lower) in zip(chain, chain.dropFirst()) {
            items[upper].below.append(lower)
            items[lower].above.append(upper)
        }
        return chain
    }

    /// Orders each layer by the mean position of the neighbours in the layer before.
    private mutating func order(downward: Bool) {
        for index in downward ? Array(layers.indices) : layers.indices.reversed() {
            var rank = [Int: Double]()
            let neighbour = index + (downward ? -1 : 1)
            guard layers.indices.contains(neighbour) else { continue }
            for (position, item) in layers[neighbour].enumerated() { rank[item] = Double(position) }
            let keyed = layers[index].enumerated().map { position, item in
                (
                    item: item,
                    key: mean((downward ? items[item].above : items[item].below).compactMap { rank[$0] })
                        ?? Double(position), position: position
                )
            }
            layers[index] = keyed.sorted { ($0.key, $0.position) < ($1.key, $1.position) }.map { $0.item }
        }
    }

    private mutating func spread(_ layer: [Int]) {
        var x = 0.0
        for item in layer {
            items[item].x = x + items[item].width / 2
            x += items[item].width + Self.columnGap
        }
    }

    /// Moves the items of each layer towards their neighbours in the layer before.
    private mutating func align(downward: Bool) {
        for index in downward ? Array(layers.indices) : layers.indices.reversed() {
            let layer = layers[index]
            // Distances that the order keeps, taken out so that positions need only not to decrease.
            var offsets = [0.0]
            for (left, right) in zip(layer, layer.dropFirst()) {
                offsets.append(
                    (offsets.last ?? 0) + (items[left].width + items[right].width) / 2 + Self.columnGap)
            }
            let wanted = zip(layer, offsets).map { item, offset in
                let neighbours = downward ? items[item].above : items[item].below
                return (mean(neighbours.map { items[$0].x }) ?? items[item].x) - offset
            }
            for (position, x) in Self.increasing(wanted).enumerated() {
                items[layer[position]].x = x + offsets[position]
            }
        }
    }

    /// The sequence that never decreases and is nearest to the given one in squares.
    private static func increasing(_ values: [Double]) -> [Double] {
        var blocks: [(sum: Double, count: Int)] = []
        for value in values {
            blocks.append((value, 1))
            while blocks.count > 1 {
                let (last, previous) = (blocks[blocks.count - 1], blocks[blocks.count - 2])
                guard previous.sum * Double(last.count) > last.sum * Double(previous.count) else { break }
                blocks.removeLast(2)
                blocks.append((previous.sum + last.sum, previous.count + last.count))
            }
        }
        return blocks.flatMap { [Double](repeating: $0.sum / Double($0.count), count: $0.count) }
    }

    private func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    private mutating func place(_ boxes: [Size], _ chains: [[Int]]) {
        let left = items.map { $0.x - $0.width / 2 }.min() ?? 0
        let right = items.map { $0.x + $0.width / 2 }.max() ?? 0
        var heights = [Double](repeating: 0, count: layers.count)
        for (box, item) in zip(boxes, items) { heights[item.layer] = max(heights[item.layer], box.height) }
        var middles: [Double] = []
        var y = 0.0
        for height in heights {
            middles.append(y + height / 2)
            y += height + Self.layerGap
        }
        centers = boxes.indices.map { Point(x: items[$0].x - left, y: middles[items[$0].layer]) }
        size = Size(width: right - left, height: max(y - Self.layerGap, 0))
        routes = chains.map { chain in
            chain.enumerated().flatMap { position, item in
                let x = items[item].x - left
                let middle = middles[items[item].layer]
                if position == 0 { return [Point(x: x, y: middle + boxes[item].height / 2)] }
                if position == chain.count - 1 { return [Point(x: x, y: middle - boxes[item].height / 2)] }
                let half = heights[items[item].layer] / 2
                return [Point(x: x, y: middle - half), Point(x: x, y: middle + half)]
            }
        }
    }
}
