import DigitImages
import PithData
import PithFormat
import PithGraph
import PithMath
import PithTraining

/// One page of HTML about a training, with everything inside: it needs no network and no other file.
struct Report {
    let title: String
    let settings: [(name: String, value: String)]
    let summary: [(name: String, value: String)]
    let history: History
    /// What the model answers to the examples shown.
    let evaluation: Evaluation
    /// The pictures that `evaluation` is about.
    let examples: TrainingExamples
    /// Which pictures these are: "test" or "validation".
    let half: String
    let classes: [String]
    let graph: Graph
    let parameters: [Tensor]

    /// Mistakes that are shown.
    private static let mistakes = 48
    /// Filters that are shown.
    private static let filters = 64
    /// Tensors whose weights are shown.
    private static let histograms = 24

    /// Writes the page, whole or not at all.
    func write(to path: String) throws(PithError) {
        try FileIO.writeAtomically(Array(html().utf8), to: path)
    }

    /// The page.
    func html() throws(PithError) -> String {
        let figures = summary.map { "<div><b>\(Markup.escaped($0.value))</b>\(Markup.escaped($0.name))</div>" }.joined()
        let rows = settings.map {
            "<tr><th>\(Markup.escaped($0.name))</th><td>\(Markup.escaped($0.value))</td></tr>"
        }.joined()
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(Markup.escaped(title))</title><style>\(Self.style)</style></head><body>
            <h1>\(Markup.escaped(title))</h1>
            <section id="summary">\(figures)</section>
            <h2>Curves</h2><section id="curves" class="wide">\(curves())</section>
            <h2>Confusion</h2><section id="confusion">\(confusion())</section>
            <h2>Worst mistakes</h2><section id="mistakes">\(try mistakes())</section>
            <h2>Filters of the first layer</h2><section id="filters">\(try filters())</section>
            <h2>Weights</h2><section id="weights">\(weights())</section>
            <h2>Settings</h2><section id="settings"><table>\(rows)</table></section>
            </body></html>

            """
    }

    private func curves() -> String {
        func series(_ value: (History.Point) -> Double) -> [Chart.Series] {
            [
                Chart.Series(
                    name: "training", style: "train", points: history.training.map { ($0.epoch, value($0)) }),
                Chart.Series(
                    name: "validation", style: "validation", points: history.validation.map { ($0.epoch, value($0)) }),
            ]
        }
        return Chart.curves("Loss over epochs", series(\.loss))
            + Chart.curves("Error over epochs, %", series { 100 * (1 - $0.accuracy) }) + sizes()
    }

    /// How the network became small, for a training by a recipe.
    private func sizes() -> String {
        let half = history.validation.isEmpty ? "training" : "validation"
        let sizes = history.sizes
        let notes = sizes.map {
            "epoch \(Int($0.epoch)): \($0.bytes) bytes, \(fixed(100 * (1 - $0.accuracy), 2)) % wrong"
        }
        func series(_ name: String, _ points: [(x: Double, y: Double)]) -> [Chart.Series] {
            [Chart.Series(name: name, style: half == "training" ? "train" : half, points: points, notes: notes)]
        }
        return Chart.curves(
            "Bytes of the file over epochs", series("after each epoch", sizes.map { ($0.epoch, Double($0.bytes)) }))
            + Chart.curves(
                "Error, %, against bytes of the file",
                series(half, sizes.map { (Double($0.bytes), 100 * (1 - $0.accuracy)) }), isLogarithmic: true)
    }

    private func confusion() -> String {
        let table = evaluation.confusion
        let most = max(
            table.indices.map { row in table[row].indices.map { $0 == row ? 0 : table[row][$0] }.max() ?? 0 }
                .max() ?? 1, 1)
        var html = "<p>Rows: the true class; columns: the answer, on the \(evaluation.labels.count) \(half) images.</p>"
        html +=
            "<table><tr><th></th>" + table.indices.map { "<th>\(Markup.escaped(name($0)))</th>" }.joined()
            + "<th>right</th></tr>"
        for (label, row) in table.enumerated() {
            html += "<tr><th>\(Markup.escaped(name(label)))</th>"
            for (answer, count) in row.enumerated() {
                let shade = answer == label ? 0 : 0.15 + 0.7 * Double(count) / Double(most)
                let style =
                    count > 0 && answer != label ? " style=\"background:rgb(220 60 50/\(fixed(shade, 2)))\"" : ""
                let kind = answer == label ? " class=\"right\"" : count == 0 ? " class=\"none\"" : ""
                html += "<td\(kind)\(style)>\(count)</td>"
            }
            let total = row.reduce(0, +)
            html += "<td>\(total == 0 ? "–" : fixed(100 * Double(row[label]) / Double(total), 2) + " %")</td></tr>"
        }
        return html + "</table>"
    }

    private func mistakes() throws(PithError) -> String {
        var html = ""
        for position in evaluation.worstMistakes(Self.mistakes) {
            let start = position * examples.features
            let picture = try GreyPicture(
                width: examples.width, height: examples.height,
                pixels: Array(examples.pixels[start..<(start + examples.features)]))
            let (label, answer) = (Int(evaluation.labels[position]), Int(evaluation.answers[position]))
            let percent = fixed(100 * Double(evaluation.answerProbabilities[position]), 1)
            html +=
                "<figure>\(try image(picture, "image \(position)"))<figcaption>\(Markup.escaped(name(label))) taken for "
                + "<b>\(Markup.escaped(name(answer)))</b> \(percent) %</figcaption></figure>"
        }
        return html.isEmpty ? "<p>There are none.</p>" : html
    }

    /// The first weight that multiplies: a picture per filter of a convolution or unit of a dense layer.
    private func filters() throws(PithError) -> String {
        for (id, tensor) in zip(graph.initializers, parameters) where [2, 4].contains(tensor.shape.rank) {
            let isConvolution = tensor.shape.rank == 4
            let (height, width) =
                isConvolution ? (tensor.shape[2], tensor.shape[3]) : (examples.height, examples.width)
            guard isConvolution || tensor.shape[1] == height * width else { continue }
            let size = height * width
            let values = tensor.floats
            let count = min(values.count / size, Self.filters)
            var html = "<p>\(Markup.escaped(graph[id].name)): grey is 0, white the greatest weight of each.</p>"
            for filter in 0..<count {
                let part = values[(filter * size)..<((filter + 1) * size)]
                let extreme = max(part.reduce(Float(0)) { max($0, abs($1)) }, .leastNormalMagnitude)
                let picture = try GreyPicture(
                    width: width, height: height,
                    pixels: part.map { UInt8(max(0, min(255, 127.5 + 127.5 * $0 / extreme))) })
                html += try image(picture, "filter \(filter)")
            }
            return html
        }
        return "<p>The first layer has no weights that make pictures.</p>"
    }

    private func weights() -> String {
        zip(graph.initializers, parameters).filter { $0.1.elementType == .float32 }.prefix(Self.histograms)
            .map { Chart.histogram(Markup.escaped(graph[$0.0].name) + " \($0.1.shape)", $0.1.floats) }.joined()
    }

    private func name(_ label: Int) -> String { label < classes.count ? classes[label] : "\(label)" }

    private func image(_ picture: GreyPicture, _ description: String) throws(PithError) -> String {
        "<img alt=\"\(description)\" src=\"data:image/png;base64,\(base64(try picture.png()))\">"
    }
}
