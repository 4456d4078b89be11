public import PithGraph

/// Which recipe each tensor of a file gets: the last pattern that fits its name, or else the general one, which is for
/// floats of two or more dimensions: biases and the like are small, and a network is touchy about them.
public struct WeightRules: Sendable {
    /// For matrices and kernels that no pattern fits.
    public var general: WeightRecipe

    private var patterns: [(pattern: NamePattern, recipe: WeightRecipe)] = []

    /// Rules without patterns.
    public init(_ general: WeightRecipe = WeightRecipe()) { self.general = general }

    /// Adds a rule `PATTERN=STEPS`; in a pattern `*` stands for any characters.
    ///
    /// - Throws: `invalidArgument` for another form.
    public mutating func add(_ rule: String) throws(PithError) {
        guard let mark = rule.lastIndex(of: "="), mark > rule.startIndex else {
            throw PithError(
                .invalidArgument, "'\(rule)' is not PATTERN=STEPS", advice: "write for example 'conv*.weight=int8'")
        }
        patterns.append(
            (NamePattern(String(rule[..<mark])), try WeightRecipe(String(rule[rule.index(after: mark)...]))))
    }

    /// The recipe for a tensor.
    public func recipe(for name: String, rank: Int) -> WeightRecipe {
        if let rule = patterns.last(where: { $0.pattern.fits(name) }) { return rule.recipe }
        return rank >= 2 ? general : WeightRecipe()
    }

    /// Whether a pattern fits a name.
    func hasPattern(for name: String) -> Bool { patterns.contains { $0.pattern.fits(name) } }

    /// Whether every pattern fits a name.
    ///
    /// - Throws: `invalidArgument` naming one that fits none, most likely a slip of the pen.
    public func checkUse(_ names: [String]) throws(PithError) {
        for rule in patterns where !names.contains(where: { rule.pattern.fits($0) }) {
            throw PithError(
                .invalidArgument, "no tensor has a name like '\(rule.pattern.text)'",
                advice: "there are \(names.prefix(5).joined(separator: ", "))")
        }
    }
}

/// A name in which `*` stands for any characters, also for none.
struct NamePattern: Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    func fits(_ name: String) -> Bool {
        let (pattern, name) = (Array(text.utf8), Array(name.utf8))
        let star = UInt8(ascii: "*")
        var (place, next) = (0, 0)
        /// Where to try again: after the last star, and one byte further each time.
        var retry: (place: Int, next: Int)?
        while next < name.count {
            if place < pattern.count, pattern[place] == star {
                retry = (place + 1, next)
                place += 1
            } else if place < pattern.count, pattern[place] == name[next] {
                place += 1
                next += 1
            } else if let last = retry {
                retry = (last.place, last.next + 1)
                (place, next) = (last.place, last.next + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == star }
    }
}
