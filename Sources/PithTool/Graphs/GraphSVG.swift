import Foundation
import PithData
import PithGraph

/// A graph as a picture for a browser: one SVG without references, light or dark as the reader prefers.
enum GraphSVG {
    /// More boxes than this make no picture that anybody could read.
    static let boxLimit = 4000

    private static let margin = 24.0
    private static let lineHeight = 16.0
    private static let characterWidth = 7.0
    private static let padding = 10.0

    /// - Throws: `limitExceeded` for a graph of too many nodes.
    static func text(_ drawing: GraphDrawing) throws(PithError) -> String {
        guard drawing.boxes.count <= boxLimit else {
            throw PithError(
                .limitExceeded, "\(drawing.boxes.count) boxes are more than the \(boxLimit) of a readable picture",
                advice: "use --graph dot or text")
        }
        let sizes = drawing.boxes.map { box in
            let characters = ([box.title] + box.lines).map { $0.count }.max() ?? 0
            return LayeredLayout.Size(
                width: Double(characters) * characterWidth + 2 * padding,
                height: Double(1 + box.lines.count) * lineHeight + padding)
        }
        let layout = LayeredLayout(boxes: sizes, arrows: drawing.arrows.map { ($0.from, $0.to) })
        let (width, height) = (layout.size.width + 2 * margin, layout.size.height + 2 * margin)
        var text = """
            <svg class="drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
            width="\(number(width))" height="\(number(height))" role="img">
            <title>\(Markup.escaped(drawing.name))</title>
            <style>\(style)</style>
            <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
            <path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>
            <g transform="translate(\(number(margin)) \(number(margin)))">

            """
        for (arrow, route) in zip(drawing.arrows, layout.routes) {
            text += """
                <path class="arrow" marker-end="url(#tip)" d="\(path(route))">\
                <title>\(Markup.escaped(arrow.label))</title></path>

                """
        }
        for ((box, size), center) in zip(zip(drawing.boxes, sizes), layout.centers) {
            text += element(box, size, center)
        }
        return text + "</g>\n</svg>\n"
    }

    private static func element(
        _ box: GraphDrawing.Box, _ size: LayeredLayout.Size, _ center: LayeredLayout.Point
    ) -> String {
        let (left, top) = (center.x - size.width / 2, center.y - size.height / 2)
        let radius = box.kind == .node ? 4 : min(size.height / 2, 16)
        var text = """
            <g class="\(box.kind.rawValue)"><rect x="\(number(left))" y="\(number(top))" width="\(number(size.width))" \
            height="\(number(size.height))" rx="\(number(radius))"/>
            """
        for (row, line) in ([box.title] + box.lines).enumerated() {
            let y = top + padding / 2 + (Double(row) + 0.75) * lineHeight
            text += """
                <text class="\(row == 0 ? "title" : "line")" x="\(number(center.x))" y="\(number(y))">\
                \(Markup.escaped(line))</text>
                """
        }
        return text + "</g>\n"
    }

    /// Vertical at each point, so that an arrow leaves and enters boxes straight.
    private static func path(_ route: [LayeredLayout.Point]) -> String {
        guard var last = route.first else { return "" }
        var text = "M\(number(last.x)) \(number(last.y))"
        for point in route.dropFirst() {
            let middle = (last.y + point.y) / 2
            text += """
                C\(number(last.x)) \(number(middle)) \(number(point.x)) \(number(middle)) \
                \(number(point.x)) \(number(point.y))
                """
            last = point
        }
        return text
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    /// Every rule names the drawing, because a page's style sheets are one.
    private static let style = """
        .drawing text{font:12px ui-monospace,monospace;text-anchor:middle;fill:#1c2330}\
        .drawing .title{font-weight:600}.drawing .line{fill:#5a6472}.drawing rect{fill:#fff;stroke:#8894a6}\
        .drawing .node rect{fill:#eef3fb;stroke:#5b7db8}\
        .drawing .input rect,.drawing .output rect{fill:#eaf6ec;stroke:#4f9a5f}\
        .drawing .arrow{fill:none;stroke:#8894a6;stroke-width:1.3}.drawing .tip{fill:#8894a6}\
        @media(prefers-color-scheme:dark){.drawing text{fill:#e6ebf3}.drawing .line{fill:#a5b0c0}\
        .drawing .node rect{fill:#1d2a40}.drawing .input rect,.drawing .output rect{fill:#17301c}}
        """
}
