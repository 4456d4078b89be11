import PithGraph

/// The few Python literals that the header of a NumPy array is made of, read by a grammar of their own:
///
///     dictionary = "{" [ text ":" value { "," text ":" value } [ "," ] ] "}" spaces
///     value = text | "True" | "False" | "(" [ integer { "," integer } [ "," ] ] ")" | "[" anything
///
/// Nothing is evaluated; whatever does not fit is an error.
struct NpyLiteral {
    enum Value {
        case text(String)
        case flag(Bool)
        case integers([Int])
        /// A list, as arrays of structures have.
        case other
    }

    static let damaged = PithError(.malformed, "the header is not that of an array", at: .byte(8))

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func dictionary() throws(PithError) -> [String: Value] {
        var fields: [String: Value] = [:]
        try expect("{")
        while !takes("}") {
            let key = try text()
            try expect(":")
            guard fields.updateValue(try value(), forKey: key) == nil else { throw Self.damaged }
            if case .other? = fields[key] { return fields }
            guard takes(",") else {
                try expect("}")
                break
            }
        }
        skipSpaces()
        guard rest.isEmpty else { throw Self.damaged }
        return fields
    }

    private mutating func value() throws(PithError) -> Value {
        skipSpaces()
        if takes("(") { return .integers(try integers()) }
        if takes("[") { return .other }
        for (word, flag) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
            rest = rest.dropFirst(word.utf8.count)
            return .flag(flag)
        }
        return .text(try text())
    }

    private mutating func text() throws(PithError) -> String {
        skipSpaces()
        guard let quote = rest.popFirst(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
            let end = rest.firstIndex(of: quote), !rest[..<end].contains(UInt8(ascii: "\\")),
            let text = String(validating: rest[..<end], as: UTF8.self)
        else { throw Self.damaged }
        rest = rest[(end + 1)...]
        return text
    }

    /// The integers of a tuple, each with the `L` that Python 2 wrote.
    private mutating func integers() throws(PithError) -> [Int] {
        var result: [Int] = []
        while !takes(")") {
            skipSpaces()
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest.dropFirst(digits.count)
            guard result.count <= Limits.rank, let number = Int(String(decoding: digits, as: UTF8.self)) else {
                throw Self.damaged
            }
            result.append(number)
            _ = takes("L")
            guard takes(",") else {
                try expect(")")
                break
            }
        }
        return result
    }

    private mutating func skipSpaces() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    }

    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(PithError) {
        guard takes(character) else { throw Self.damaged }
    }
}
