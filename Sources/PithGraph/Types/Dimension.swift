/// One extent of a value in a graph: a number, a name that is bound when the graph runs, or not known.
public enum Dimension: Sendable, Hashable {
    /// Always this extent, 0 or more.
    case fixed(Int)
    /// The same extent wherever the name appears, for example `batch`.
    case symbol(String)
    /// An extent that depends on the run in a way that the graph does not name.
    case unknown
}

extension Dimension {
    /// The extent, when it is a number.
    public var extent: Int? {
        guard case .fixed(let extent) = self else { return nil }
        return extent
    }
}

extension Dimension: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// A fixed extent.
    public init(integerLiteral value: Int) { self = .fixed(value) }

    /// A symbol.
    public init(stringLiteral value: String) { self = .symbol(value) }
}

extension Dimension: CustomStringConvertible {
    /// The number, the name, or `?`.
    public var description: String {
        switch self {
        case .fixed(let extent): "\(extent)"
        case .symbol(let name): name
        case .unknown: "?"
        }
    }
}
