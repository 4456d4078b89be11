import Foundation
import PithGraph

/// A command that prints an object for programs where it is asked to, and then its failure as one too.
protocol JSONPrinting {
    /// Whether to print JSON.
    var json: Bool { get }
}

/// JSON as the tools print it.
enum JSONText {
    /// One line, keys sorted.
    static func of(_ object: [String: Any]) throws -> String {
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    /// A failure: `code`, `reason`, what is known of its place, and `advice` if there is any.
    static func of(_ error: PithError) throws -> String {
        var place: [String: Any] = [:]
        place["file"] = error.location.file
        place["offset"] = error.location.offset
        place["section"] = error.location.section
        place["tensor"] = error.location.tensor
        place["node"] = error.location.node
        var object: [String: Any] = ["code": error.code.name, "reason": error.reason, "location": place]
        if !error.advice.isEmpty { object["advice"] = error.advice }
        return try of(["error": object])
    }

    /// A number, or its name where JSON has none for it.
    static func number(_ value: Double) -> Any { value.isFinite ? value : "\(value)" }
}
