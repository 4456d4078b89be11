/// Names, none of which stands twice: a few are searched one by one, since hashing them takes longer.
package struct NameSet: Sendable {
    private var few: [String] = []
    private var many: Set<String> = []

    private static let mostSearched = 16

    /// No names.
    package init() {}

    /// Whether a name is there, byte by byte or under Unicode canonical equivalence.
    package func contains(_ name: String) -> Bool { many.isEmpty ? few.contains(name) : many.contains(name) }

    /// Adds a name.
    ///
    /// - Returns: Whether it was not there.
    package mutating func insert(_ name: String) -> Bool {
        guard !contains(name) else { return false }
        append(name)
        return true
    }

    /// Adds a name that is not there.
    mutating func append(_ name: String) {
        guard few.count == Self.mostSearched || !many.isEmpty else {
            if few.isEmpty { few.reserveCapacity(Self.mostSearched) }
            few.append(name)
            return
        }
        if many.isEmpty {
            many = Set(few)
            few = []
        }
        many.insert(name)
    }
}

extension NameSet: Hashable {
    /// Whether both have the same names.
    package static func == (left: NameSet, right: NameSet) -> Bool {
        left.few.count == right.few.count && left.few.allSatisfy { right.few.contains($0) } && left.many == right.many
    }

    /// Hashes the count only.
    package func hash(into hasher: inout Hasher) { hasher.combine(few.count + many.count) }
}
