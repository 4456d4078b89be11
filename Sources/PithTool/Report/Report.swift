import Foundation
import PithData
import PithFormat
import PithGraph

/// A page about a file for a browser, complete in itself: no script, nothing fetched.
struct Report {
    let opened: OpenedFile
    let censuses: [TensorCensus]

    /// What it was made of, to compare with.
    var before: Before?

    /// How it became what it is.
    var course: CompressionCourse?

    /// The file that one was made of.
    struct Before {
        let opened: OpenedFile
        /// What is counted of its tensors, by name.
        let censuses: [String: TensorCensus]
        let tensors: [String: FileSummary.Tensor]

        init(_ path: String) throws(PithError) {
            opened = try OpenedFile(path)
            var censuses: [String: TensorCensus] = [:]
            var tensors: [String: FileSummary.Tensor] = [:]
            for (tensor, census) in zip(opened.tensors, try opened.censuses()) {
                censuses[tensor.name] = census
                tensors[tensor.name] = tensor
            }
            (self.censuses, self.tensors) = (censuses, tensors)
        }
    }

    func html() throws(PithError) -> String {
        let summary = opened.summary
        let title = Markup.escaped(opened.path)
        var body = """
            <h1>\(title)</h1>
            <p>\(summary.role.name), format \(summary.version): <b>\(Self.bytes(summary.fileLength))</b> hold
            \(opened.tensors.count) tensors of \(Self.bytes(decodedBytes)), a ratio of
            \(Self.ratio(Double(decodedBytes), Double(summary.fileLength))). Every checksum is right.</p>
            \(comparison)
            <h2>Where the bytes are</h2>
            \(treemap())
            \(course.map { "<h2>Error against bytes, epoch by epoch</h2>\n" + $0.svg } ?? "")
            <h2>Tensors</h2>
            <p>“Order 0” is what an ideal code of each byte plane by its frequencies alone would need, its own description
            left out; under 100&#8239;% of it a codec found more structure than that. Bars are as high as the square root of
            how often values occur.</p>
            \(table())
            """
        if !opened.reader.metadata.isEmpty {
            let rows = opened.reader.metadata.entries.map { entry in
                "<tr><td>\(Markup.escaped(entry.key))</td><td>"
                    + "\(Markup.escaped(InspectionText.plain(entry.value)))</td></tr>"
            }
            body += "<h2>Metadata</h2><table>\(rows.joined(separator: "\n"))</table>"
        }
        if let graph = opened.reader.graph {
            let drawing = GraphDrawing(graph)
            let picture = drawing.boxes.count <= GraphSVG.boxLimit ? try GraphSVG.text(drawing) : ""
            body += "<h2>Graph</h2><div class=\"graph\">\(picture)</div><pre>\(Markup.escaped(graph.text))</pre>"
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(title)</title><style>\(Self.style)</style></head><body>
            \(body)
            </body></html>

            """
    }

    private var decodedBytes: UInt64 { opened.tensors.reduce(0) { $0 + $1.decodedBytes } }

    private var comparison: String {
        guard let before else { return "" }
        let (old, new) = (before.opened.summary.fileLength, opened.summary.fileLength)
        return "<p>Before, in \(Markup.escaped(before.opened.path)): \(Self.bytes(old)), "
            + "\(Self.ratio(Double(old), Double(new))) times as many. Pale bars in the table are the elements before.</p>"
    }

    // MARK: Treemap

    private struct Part {
        let name: String
        let kind: String
        let bytes: UInt64
        let detail: String
    }

    /// Every byte of the file is in one part: a stream of a tensor, the test vectors', a section, or header and padding.
    private func parts() -> [Part] {
        let summary = opened.summary
        var parts = opened.tensors.flatMap { tensor in
            tensor.streams.map { stream in
                Part(
                    name: tensor.streams.count == 1 ? tensor.name : "\(tensor.name) · \(stream.name)", kind: "tensor",
                    bytes: stream.storedBytes,
                    detail: "\(tensor.typeName) \(tensor.elementShape), \(tensor.encoding.name), "
                        + Set(tensor.codecs).sorted().joined(separator: " + "))
            }
        }
        let vectors = summary.tensors.dropFirst(opened.tensors.count).reduce(0) { $0 + $1.storedBytes }
        parts.append(Part(name: "test vectors", kind: "vectors", bytes: vectors, detail: "inputs and outputs"))
        for section in summary.sections where section.name != "DATA" {
            parts.append(Part(name: section.name, kind: "section", bytes: section.length, detail: "section"))
        }
        let owned = parts.reduce(0) { $0 + $1.bytes }
        parts.append(
            Part(
                name: "header, padding", kind: "section", bytes: summary.fileLength - min(owned, summary.fileLength),
                detail: "header, directory, and zeros before aligned tensors"))
        return parts.filter { $0.bytes > 0 }
    }

    private func treemap() -> String {
        let parts = parts()
        let whole = Treemap.Rectangle(x: 0, y: 0, width: 960, height: 420)
        let rectangles = Treemap.rectangles(parts.map { Double($0.bytes) }, in: whole)
        var text = "<svg class=\"map\" viewBox=\"0 0 960 420\" role=\"img\"><title>Where the bytes are</title>\n"
        for (part, place) in zip(parts, rectangles) {
            let share = Double(part.bytes) / Double(opened.summary.fileLength) * 100
            let label = Markup.escaped(part.name)
            text += """
                <g class="\(part.kind)"><title>\(label): \(Self.bytes(part.bytes)), \(String(format: "%.1f", share)) %\n\
                \(Markup.escaped(part.detail))</title><rect x="\(Self.number(place.x))" y="\(Self.number(place.y))" \
                width="\(Self.number(place.width))" height="\(Self.number(place.height))"/>
                """
            let characters = Int(place.width / 7.5)
            if characters >= 3, place.height >= 18 {
                let shown = part.name.count <= characters ? part.name : part.name.prefix(characters - 1) + "…"
                text +=
                    "<text x=\"\(Self.number(place.x + 6))\" y=\"\(Self.number(place.y + 16))\">\(Markup.escaped(shown))</text>"
            }
            if characters >= 8, place.height >= 36 {
                text += """
                    <text class="line" x="\(Self.number(place.x + 6))" y="\(Self.number(place.y + 32))">\(Self.bytes(part.bytes))</text>
                    """
            }
            text += "</g>\n"
        }
        return text + "</svg>"
    }

    // MARK: Table

    private func table() -> String {
        let old = before == nil ? "" : "<th>stored before<th>times smaller"
        var text = """
            <table><thead><tr><th>tensor<th>distribution<th>type<th>shape<th>encoding<th>decoded<th>stored<th>ratio\(old)<th>order 0
            <th>stored / order 0<th>min<th>max</tr></thead><tbody>

            """
        for (tensor, census) in zip(opened.tensors, censuses) {
            let stored = Double(tensor.storedBytes)
            let best = census.orderZeroBytes
            var cells = [
                Markup.escaped(tensor.name), Self.histogram(census, before?.censuses[tensor.name]),
                tensor.typeName, tensor.elementShape.description, tensor.encoding.name,
                Self.bytes(tensor.decodedBytes), Self.bytes(tensor.storedBytes),
                Self.ratio(Double(tensor.decodedBytes), stored),
            ]
            if let before {
                let source = before.tensors[tensor.name]
                cells.append(source.map { Self.bytes($0.storedBytes) } ?? "–")
                cells.append(source.map { Self.ratio(Double($0.storedBytes), stored) } ?? "–")
            }
            cells += [
                Self.ratio(Double(tensor.decodedBytes), best),
                best > 0 ? String(format: "%.1f&#8239;%%", stored / best * 100) : "–",
                census.count > census.nonFinite ? String(format: "%.4g", census.minimum) : "–",
                census.count > census.nonFinite ? String(format: "%.4g", census.maximum) : "–",
            ]
            text += "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>\n"
        }
        return text + "</tbody></table>"
    }

    /// Bars over the range of both, by the square root of frequencies over the greatest, so that zeros hide nothing.
    private static func histogram(_ census: TensorCensus, _ before: TensorCensus?) -> String {
        let low = min(census.minimum, before?.minimum ?? .infinity)
        let high = max(census.maximum, before?.maximum ?? -.infinity)
        guard low <= high else { return "–" }
        func bars(_ census: TensorCensus) -> String {
            let bins = census.histogram(bins: 48, over: low...high)
            let greatest = Double(max(bins.max() ?? 0, 1))
            return bins.enumerated().filter { $0.element > 0 }.map { index, frequency in
                let height = max((Double(frequency) / greatest).squareRoot() * 28, 0.5)
                return "<rect x=\"\(index * 3)\" y=\"\(number(30 - height))\" width=\"2.4\" "
                    + "height=\"\(number(height))\"/>"
            }.joined()
        }
        return """
            <svg class="histogram" viewBox="0 0 144 30" role="img"><title>mean \(String(format: "%.4g", census.mean)), \
            deviation \(String(format: "%.4g", census.deviation)), \(census.zeros) zeros</title>\
            \(before.map { "<g class=\"before\">\(bars($0))</g>" } ?? "")\(bars(census))</svg>
            """
    }

    private static func ratio(_ before: Double, _ after: Double) -> String {
        after > 0 ? String(format: "%.2f", before / after) : "–"
    }

    private static func bytes(_ count: UInt64) -> String {
        var digits = String(count)
        var index = digits.count - 3
        while index > 0 {
            digits.insert("\u{202F}", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return digits + " bytes"
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private static let style = """
        :root{color-scheme:light dark;--ink:#1c2330;--quiet:#5a6472;--paper:#fff;--line:#d5dbe4;--tensor:#cfdff6;\
        --vectors:#d5efd9;--section:#f3e2c4;--bar:#5b7db8}\
        @media(prefers-color-scheme:dark){:root{--ink:#e6ebf3;--quiet:#a5b0c0;--paper:#12161d;--line:#303947;\
        --tensor:#24385a;--vectors:#1f4227;--section:#4d3d1d;--bar:#7ea2df}}\
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1180px;\
        margin:2rem auto;padding:0 1rem}h1{font-size:1.4rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin-top:2rem}\
        table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}\
        th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}\
        pre{overflow-x:auto;font-size:12px}.map{width:100%;height:auto}.map rect{stroke:var(--paper);stroke-width:2}\
        .map text{font:12px ui-monospace,monospace;text-anchor:start;fill:var(--ink);font-weight:600}\
        .map .line{font-weight:400;fill:var(--quiet)}.map .tensor rect{fill:var(--tensor)}\
        .map .vectors rect{fill:var(--vectors)}.map .section rect{fill:var(--section)}\
        .histogram{width:144px;height:30px}.histogram rect{fill:var(--bar);stroke:none}\
        .histogram .before rect{opacity:.35}.graph{overflow-x:auto}.course{width:100%;height:auto}\
        .course line{stroke:var(--line)}.course text{font:12px system-ui,sans-serif;fill:var(--quiet)}\
        .course polyline{fill:none;stroke:var(--bar);stroke-width:2}.course circle{fill:var(--bar)}
        """
}
