/// The parts of the page.
enum Page {
    static func document(_ body: String) -> String {
        """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Softmax's gradient</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
        table { border-collapse: collapse; margin: 1rem 0 } th, td { padding: .2rem .7rem; text-align: right }
        th { border-bottom: 1px solid #888 } td:first-child, th:first-child { text-align: left }
        .wrong { color: #b00020 } .right { color: #0a6b2d } code { background: #8882; padding: 0 .2rem }
        </style>
        \(body)
        </html>
        """
    }

    static func table(_ head: [String], _ rows: [[String]]) -> String {
        let header = head.map { "<th>\($0)</th>" }.joined()
        let lines = rows.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }.joined(separator: "\n")
        return "<table><tr>\(header)</tr>\n\(lines)\n</table>"
    }

    /// A number with a sign and six places.
    static func fixed(_ value: Double, _ places: Int = 6) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let whole = Int((abs(value) * scale).rounded())
        let digits = String(whole)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = value < 0 && whole != 0 ? "-" : ""
        return sign + padded.dropLast(places) + "." + padded.suffix(places)
    }

    /// A number to two significant places.
    static func short(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return "\(value)" }
        var (mantissa, exponent) = (abs(value), 0)
        while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        return (value < 0 ? "-" : "") + fixed(mantissa, 1) + (exponent == 0 ? "" : "·10<sup>\(exponent)</sup>")
    }

    static func verdict(_ isRight: Bool) -> String {
        isRight ? "<span class=\"right\">right</span>" : "<span class=\"wrong\">wrong</span>"
    }
}
