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
        /// What to say of each point, which is then marked; empty for a mere line.
        var notes: [String] = []
    }

    /// Where values stand along an axis.
    private struct Axis {
        let isLogarithmic: Bool
        let low: Double
        let span: Double
        let start: Double
        let length: Double

        /// - Parameter low: Where the axis begins, nil for the least value.
        init(_ values: [Double], isLogarithmic: Bool, low: Double? = nil, from start: Double, to end: Double) {
            self.isLogarithmic = isLogarithmic
            let values = isLogarithmic ? values.map(logarithm) : values
            self.low = low ?? values.min() ?? 0
            span = max((values.max() ?? 1) - self.low, 1e-6)
            self.start = start
            length = end - start
        }

        func place(_ value: Double) -> Double {
            start + ((isLogarithmic ? logarithm(value) : value) - low) / span * length
        }

        /// The value at a share of the axis.
        func value(at share: Double) -> Double { isLogarithmic ? power(low + span * share) : low + span * share }
    }

    /// Curves whose y is drawn by its logarithm; points where it has none are left out.
    ///
    /// - Parameter isLogarithmic: Whether x is drawn by its logarithm as well, otherwise from 0 on.
    static func curves(_ title: String, _ series: [Series], isLogarithmic: Bool = false) -> String {
        func isDrawn(_ point: (x: Double, y: Double)) -> Bool {
            point.y.isFinite && point.y > 0 && (!isLogarithmic || point.x > 0)
        }
        let drawn = series.map { $0.points.filter(isDrawn) }
        let (xs, ys) = (drawn.joined().map(\.x), drawn.joined().map(\.y))
        guard let end = xs.max(), end > 0 else { return "" }
        let x = Axis(
            xs, isLogarithmic: isLogarithmic, low: isLogarithmic ? nil : 0, from: left, to: width - right)
        let y = Axis(ys, isLogarithmic: true, from: height - bottom, to: top)
        var svg = begin(title)
        for tick in 0...4 {
            let share = Double(tick) / 4
            let (xValue, yValue) = (x.value(at: share), y.value(at: share))
            svg += line(left, y.place(yValue), width - right, y.place(yValue), "grid")
            svg += text(left - 6, y.place(yValue) + 4, "end", short(yValue))
            svg += text(x.place(xValue), height - 8, tick == 4 ? "end" : "middle", short(xValue))
        }
        for (one, points) in zip(series, drawn) {
            let path = points.map { "\(fixed(x.place($0.x), 1)),\(fixed(y.place($0.y), 1))" }
            svg += "<polyline class=\"\(one.style)\" points=\"\(path.joined(separator: " "))\"/>"
            // A line of one point, as of one epoch, would not be seen.
            let notes = one.notes.isEmpty && points.count == 1 ? [one.name] : one.notes
            for (point, note) in zip(one.notes.isEmpty ? points : one.points, notes) where isDrawn(point) {
                svg +=
                    "<circle class=\"\(one.style)\" cx=\"\(fixed(x.place(point.x), 1))\" "
                    + "cy=\"\(fixed(y.place(point.y), 1))\" r=\"3\"><title>\(note)</title></circle>"
            }
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
