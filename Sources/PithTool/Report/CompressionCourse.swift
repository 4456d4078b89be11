import Foundation
import PithFormat
import PithGraph

/// How accuracy and size went during a training that compresses: what `mnist-train --metrics` wrote of each epoch.
struct CompressionCourse {
    /// After an epoch.
    struct Point {
        let bytes: Double
        let accuracy: Double
    }

    /// In the order of the training.
    let points: [Point]

    /// Reads lines of JSON; those of epochs have `bytes` of the model file and `validationAccuracy`, or else `accuracy`.
    ///
    /// - Throws: `malformed` for a line that is none, or when no epoch tells its bytes.
    init(_ path: String) throws(PithError) {
        var points: [Point] = []
        let text = String(decoding: try FileIO.read(path: path), as: UTF8.self)
        for (number, line) in text.split(separator: "\n").enumerated() {
            guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                throw PithError(.malformed, "line \(number + 1) is no JSON object", at: .file(path))
            }
            guard object["event"] as? String == "epoch", let bytes = object["bytes"] as? Double, bytes > 0,
                let accuracy = (object["validationAccuracy"] ?? object["accuracy"]) as? Double
            else { continue }
            points.append(Point(bytes: bytes, accuracy: accuracy))
        }
        guard !points.isEmpty else {
            throw PithError(
                .malformed, "no epoch tells how many bytes the model has", at: .file(path),
                advice: "give what mnist-train --compress --metrics wrote")
        }
        self.points = points
    }

    /// A picture: bytes to the right, by their logarithm; errors upwards, by theirs.
    var svg: String {
        let (width, height, margin) = (960.0, 320.0, (left: 64.0, right: 16.0, top: 12.0, bottom: 40.0))
        let xs = points.map { log10($0.bytes) }
        let ys = points.map { log10(max(1 - $0.accuracy, 1e-4)) }
        func scale(_ values: [Double], _ start: Double, _ end: Double) -> (Double) -> Double {
            let (low, high) = (values.min() ?? 0, values.max() ?? 1)
            return { start + (high > low ? ($0 - low) / (high - low) : 0.5) * (end - start) }
        }
        let x = scale(xs, margin.left, width - margin.right)
        let y = scale(ys, height - margin.bottom, margin.top)
        var text = """
            <svg class="course" viewBox="0 0 \(Int(width)) \(Int(height))" role="img"><title>Error against bytes</title>

            """
        for (number, value) in Self.ticks(xs).enumerated() {
            let place = String(format: "%.1f", x(value))
            let anchor = number == 4 ? "end" : "middle"
            text += """
                <line x1="\(place)" y1="\(Int(margin.top))" x2="\(place)" y2="\(Int(height - margin.bottom))"/>\
                <text x="\(place)" y="\(Int(height - margin.bottom + 16))" text-anchor="\(anchor)">\
                \(Int(pow(10, value).rounded())) bytes</text>

                """
        }
        for value in Self.ticks(ys) {
            let place = String(format: "%.1f", y(value))
            text += """
                <line x1="\(Int(margin.left))" y1="\(place)" x2="\(Int(width - margin.right))" y2="\(place)"/>\
                <text x="\(Int(margin.left - 8))" y="\(place)" dy="4" text-anchor="end">\
                \(String(format: "%.3g", pow(10, value) * 100)) %</text>

                """
        }
        let places = zip(xs, ys).map { String(format: "%.1f,%.1f", x($0), y($1)) }
        text += "<polyline points=\"\(places.joined(separator: " "))\"/>\n"
        for (number, (point, place)) in zip(points, zip(xs, ys)).enumerated() {
            text += """
                <circle cx="\(String(format: "%.1f", x(place.0)))" cy="\(String(format: "%.1f", y(place.1)))" r="3.5">\
                <title>epoch \(number + 1): \(Int(point.bytes)) bytes, \(String(format: "%.2f", point.accuracy * 100)) %\
                </title></circle>

                """
        }
        return text + "</svg>"
    }

    /// Five places from the least to the greatest value.
    private static func ticks(_ values: [Double]) -> [Double] {
        guard let low = values.min(), let high = values.max(), high > low else { return Array(values.prefix(1)) }
        return (0...4).map { low + (high - low) * Double($0) / 4 }
    }
}
