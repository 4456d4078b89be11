/// What a shape rule sees of a node: the types of its inputs, its attributes with defaults added, and the values of
/// those integer inputs that the graph itself fixes.
public struct ShapeContext: Sendable {
    /// The types of the inputs; nil for one that is left out.
    public let inputs: [ValueType?]

    /// The attributes, defaults added.
    public let attributes: Attributes

    /// For each input, its integers when the graph fixes them, as a `Constant` does.
    public let integers: [[Int64]?]

    /// Creates a context.
    public init(inputs: [ValueType?], attributes: Attributes, integers: [[Int64]?]) {
        self.inputs = inputs
        self.attributes = attributes
        self.integers = integers
    }
}

extension ShapeContext {
    /// The type of an input that the table says is always there.
    func input(_ index: Int) throws(PithError) -> ValueType {
        guard index < inputs.count, let type = inputs[index] else {
            throw PithError(.invalidGraph, "input \(index) is missing")
        }
        return type
    }

    func optionalInput(_ index: Int) -> ValueType? { index < inputs.count ? inputs[index] : nil }

    /// An axis attribute in 0..<rank, or 0...rank where the end is allowed; negative counts from the end.
    func axis(rank: Int, endAllowed: Bool = false) throws(PithError) -> Int {
        let given = try attributes.int(.axis)
        let axis = given < 0 ? given + rank : given
        guard axis >= 0, axis < rank || (endAllowed && axis == rank) else {
            throw PithError(.invalidAttribute, "axis \(given) is out of range for rank \(rank)")
        }
        return axis
    }
}

extension Dimension {
    /// Whether two extents can be equal in some run.
    func mayEqual(_ other: Dimension) -> Bool {
        guard let left = extent, let right = other.extent else { return true }
        return left == right
    }

    /// The one of two extents that may be equal which says more.
    func merged(with other: Dimension) -> Dimension {
        switch (self, other) {
        case (.fixed, _): self
        case (_, .fixed): other
        case (.symbol, _): self
        default: other
        }
    }
}

extension PithError {
    static func shapes(_ expected: String, _ given: ValueType...) -> PithError {
        var text = ""
        for type in given { text += text.isEmpty ? "\(type)" : " and \(type)" }
        return PithError(.shapeMismatch, "expected \(expected), given \(text)")
    }
}
