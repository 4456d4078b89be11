/// A value of JSON (RFC 8259) that the programs write.
package enum JSON {
    case text(String)
    case integer(Int)
    case number(Double)

    /// The value as it stands in a line; `null` for what JSON has no number for.
    package var encoded: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .integer(let value): "\(value)"
        case .number(let value): value.isFinite ? "\(value)" : "null"
        }
    }

    /// The shortest digits that give the float back; `null` for what JSON has no number for.
    package static func number(_ value: Float) -> String { value.isFinite ? "\(value)" : "null" }

    /// A text in quotation marks.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
