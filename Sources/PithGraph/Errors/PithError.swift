/// What went wrong, where, and what to do about it: the one error type of Pith's libraries.
///
/// Two errors are equal when their codes are, so that a test or a `catch` can ask for one kind without
/// repeating its wording.
public struct PithError: Error, Sendable {
    /// The kind of failure; stable, and meant for programs.
    public var code: Code

    /// One sentence for people: what was found and what was expected.
    public var reason: String

    /// Where it was found.
    public var location: Location

    /// What the reader of the message can do, or an empty string.
    public var advice: String

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind of failure.
    ///   - reason: One sentence without a full stop: what was found and what was expected.
    ///   - location: Where.
    ///   - advice: What to do about it, one sentence without a full stop.
    @inline(never)
    public init(_ code: Code, _ reason: String, at location: Location = Location(), advice: String = "") {
        self.code = code
        self.reason = reason
        self.location = location
        self.advice = advice
    }
}

extension PithError: Hashable {
    /// Compares codes only.
    public static func == (left: PithError, right: PithError) -> Bool { left.code == right.code }

    /// Hashes the code only.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

extension PithError: CustomStringConvertible {
    /// `location: reason; advice`, the parts that are empty left out.
    ///
    /// Control characters, which names in files may have, stand as `\u{1b}`, so that none of them steers a terminal.
    public var description: String {
        var text = ""
        let place = location.description
        if !place.isEmpty { text += place + ": " }
        text += reason
        if !advice.isEmpty { text += "; " + advice }
        return Self.shown(text)
    }

    private static func shown(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension PithError {
    /// The same error with the parts of `outer` filled in where its own location does not say them.
    public func located(in outer: Location) -> PithError {
        var error = self
        error.location.fill(from: outer)
        return error
    }
}
