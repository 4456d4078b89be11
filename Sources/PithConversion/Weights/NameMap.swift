public import PithGraph

/// How tensors are renamed on the way: whole names, and prefixes that end with a dot or star.
///
///     fc1.weight=layers.0.weight
///     encoder.*=backbone.*
public struct NameMap: Sendable {
    private var exact: [String: String] = [:]
    private var prefixes: [(old: String, new: String)] = []

    /// A map that keeps every name.
    public init() {}

    /// Whether every name is kept.
    public var isEmpty: Bool { exact.isEmpty && prefixes.isEmpty }

    /// Adds a rule `OLD=NEW`.
    ///
    /// - Throws: `invalidArgument` for another form, or an old name that has a rule.
    public mutating func add(_ rule: String) throws(PithError) {
        let parts = rule.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].hasSuffix("*") == parts[1].hasSuffix("*") else {
            throw PithError(
                .invalidArgument, "'\(rule)' is not OLD=NEW", advice: "write fc1.weight=a.weight, or encoder.*=a.*")
        }
        if parts[0].hasSuffix("*") {
            prefixes.append((String(parts[0].dropLast()), String(parts[1].dropLast())))
        } else {
            guard exact.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw PithError(.invalidArgument, "two rules for '\(parts[0])'")
            }
        }
    }

    /// Adds the rules of a file: one a line, `#` begins a comment.
    ///
    /// - Throws: As `add(_:)`.
    public mutating func add(file text: String) throws(PithError) {
        for line in text.split(whereSeparator: { $0.isNewline }) {
            let rule = line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
            if !rule.isEmpty { try add(rule) }
        }
    }

    /// Whether every rule is for some name.
    ///
    /// - Throws: `invalidArgument` naming one that is for none, most likely a slip of the pen.
    func checkUse(_ names: [String]) throws(PithError) {
        let idle =
            exact.keys.sorted().first { !names.contains($0) }
            ?? prefixes.first { prefix in !names.contains { $0.hasPrefix(prefix.old) } }.map { $0.old + "*" }
        guard let idle else { return }
        throw PithError(
            .invalidArgument, "no tensor has the name '\(idle)' that a rule is for",
            advice: "there are \(names.prefix(5).joined(separator: ", "))")
    }

    /// The new name: by a rule for the whole name, else by the first rule for a prefix of it.
    public func newName(of name: String) -> String {
        if let new = exact[name] { return new }
        for prefix in prefixes where name.hasPrefix(prefix.old) { return prefix.new + name.dropFirst(prefix.old.count) }
        return name
    }
}
