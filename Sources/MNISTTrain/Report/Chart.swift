import PithMath

/// Curves and bars as SVG, in the colours of the page's style sheet.
enum Chart {
    private static let (width, height) = (560.0, 240.0)
    private static let (left, right, top, bottom) = (52.0, 8.0, 10.0, 28.0)

    /// A curve.
    struct Series {
        let name: String
        /// The class in the style sheet: `train` or `validation`.
        let style: String
        let points: [(x: Double, y: Double)]
    }

    /// Curves over epochs.
    ///
    /// - Parameter isLogarithmic: Whether y is drawn by its logarithm.
    static func curves(_ title: String, _ series: [Series], isLogarithmic: Bool) -> String {
        let drawn = series.map { one in one.points.filter { $0.y.isFinite && (!isLogarithmic || $0.y > 0) } }
        let ys = drawn.joined().map { isLogarithmic ? logarithm($0.y) : $0.y }
        guard let low = ys.min(), let high = ys.max(), let end = drawn.joined().map(\.x).max(), end > 0 else {
            return ""
        }
        let span = max(high - low, 1e-6)
        func x(_ value: Double) -> Double { left + value / end * (width - left - right) }
        func y(_ value: Double) -> Double { height - bottom - (value - low) / span * (height - top - bottom) }
        var svg = begin(title)
        for tick in 0...4 {
            let value = low + span * Double(tick) / 4
            let shown = isLogarithmic ? power(value) : value
            svg += line(left, y(value), width - right, y(value), "grid")
            svg += text(left - 6, y(value) + 4, "end", short(shown))
            let epoch = end * Double(tick) / 4
            svg += text(x(epoch), height - 8, tick == 4 ? "end" : "middle", short(epoch))
        }
        for (one, points) in zip(series, drawn) {
            let path = points.map { "\(fixed(x($0.x), 1)),\(fixed(y(isLogarithmic ? logarithm($0.y) : $0.y), 1))" }
            svg += "<polyline class=\"\(one.style)\" points=\"\(path.joined(separator: " "))\"/>"
        }
        let legend = series.filter { !$0.points.isEmpty }.map { "<span class=\"\($0.style)\">— \($0.name)</span>" }
        return "<figure><figcaption>\(title) \(legend.joined(separator: " "))</figcaption>\(svg)</svg></figure>"
    }

    /// A histogram.
    static func histogram(_ title: String, _ values: [Float], bins: Int = 41) -> String {
        let extreme = values.reduce(Float(0)) { max($0, abs($1)) }
        guard extreme > 0, extreme.isFinite else { return "" }
        var counts = [Int](repeating: 0, count: bins)
        for value in values {
            counts[min(Int((value / extreme + 1) / 2 * Float(bins)), bins - 1)] += 1
        }
        let (greatest, barWidth) = (Double(counts.max() ?? 1), 220.0 / Double(bins))
        var svg = "<svg viewBox=\"0 0 220 90\" role=\"img\"><title>\(title)</title>"
        for (index, count) in counts.enumerated() {
            let length = Double(count) / greatest * 70
            svg +=
                "<rect class=\"bar\" x=\"\(fixed(Double(index) * barWidth, 1))\" y=\"\(fixed(72 - length, 1))\" "
                + "width=\"\(fixed(barWidth - 0.6, 1))\" height=\"\(fixed(length, 1))\"/>"
        }
        svg += text(0, 86, "start", "−" + short(Double(extreme)))
        svg += text(110, 86, "middle", "0") + text(220, 86, "end", short(Double(extreme)))
        return "<figure><figcaption>\(title)</figcaption>\(svg)</svg></figure>"
    }

    private static func logarithm(_ value: Double) -> Double { Double(Elementary.log(Float(value))) }

    private static func power(_ value: Double) -> Double { Double(Elementary.exp(Float(value))) }

    private static func begin(_ title: String) -> String {
        "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\"><title>\(title)</title>"
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
        "<line class=\"\(style)\" x1=\"\(fixed(x1, 1))\" y1=\"\(fixed(y1, 1))\" x2=\"\(fixed(x2, 1))\" "
            + "y2=\"\(fixed(y2, 1))\"/>"
    }

    private static func text(_ x: Double, _ y: Double, _ anchor: String, _ text: String) -> String {
        "<text x=\"\(fixed(x, 1))\" y=\"\(fixed(y, 1))\" text-anchor=\"\(anchor)\">\(text)</text>"
    }

    private static func short(_ value: Double) -> String {
        let decimals = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : abs(value) >= 1 ? 2 : 4
        var text = fixed(value, decimals)
        while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") {
            let isDone = text.hasSuffix(".")
            text.removeLast()
            if isDone { break }
        }
        return text
    }
}
