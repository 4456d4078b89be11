/// What a shape rule sees of a node: the types of its inputs, its attributes with defaults added, and what is known of
/// its inputs' elements.
public struct ShapeContext: Sendable {
    /// The types of the inputs; nil for one that is left out.
    public let inputs: [ValueType?]

    /// The attributes, defaults added.
    public let attributes: Attributes

    /// For each input, its elements as far as they are known; entries may be missing.
    public let known: [KnownElements?]

    /// How many outputs are asked for.
    public let outputCount: Int

    /// Creates a context.
    public init(inputs: [ValueType?], attributes: Attributes, known: [KnownElements?], outputCount: Int = 1) {
        self.inputs = inputs
        self.attributes = attributes
        self.known = known
        self.outputCount = outputCount
    }
}

extension ShapeContext {
    /// What a node takes of the values of a graph.
    init(_ inputs: [Graph.ValueID?], of values: [Graph.Value], _ attributes: Attributes, outputCount: Int) {
        var types: [ValueType?] = []
        types.reserveCapacity(inputs.count)
        var isKnown = false
        for id in inputs {
            guard let id else {
                types.append(nil)
                continue
            }
            types.append(values[id.index].type)
            if values[id.index].known != nil { isKnown = true }
        }
        self.init(
            inputs: types, attributes: attributes,
            known: isKnown ? inputs.map { id in id.flatMap { values[$0.index].known } } : [], outputCount: outputCount)
    }

    /// The type of an input that the table says is always there.
    func input(_ index: Int) throws(PithError) -> ValueType {
        guard index < inputs.count, let type = inputs[index] else {
            throw PithError(.invalidGraph, "input \(index) is missing")
        }
        return type
    }

    func optionalInput(_ index: Int) -> ValueType? { index < inputs.count ? inputs[index] : nil }

    /// What is known of an input's elements; a list of none is always known.
    func known(_ index: Int) -> KnownElements? {
        if index < known.count, let elements = known[index] { return elements }
        return optionalInput(index)?.dimensions == [.fixed(0)] ? .integers([]) : nil
    }

    /// The elements of an integer input, when all are known.
    func integers(_ index: Int) -> [Int]? {
        guard let elements = known(index)?.dimensions else { return nil }
        var result: [Int] = []
        for element in elements {
            guard let integer = element.extent else { return nil }
            result.append(integer)
        }
        return result
    }

    /// How many elements an input of rank 1 has, from its elements or its type.
    ///
    /// - Throws: `unsupportedOperation` when that is not known, so that the rank of an output is not; `shapeMismatch`.
    func length(_ index: Int) throws(PithError) -> Int {
        let type = try input(index)
        guard type.rank <= 1 else { throw .shapes("a list", type) }
        if let known = known(index) { return known.count }
        guard type.rank == 1 else { return 1 }
        guard let extent = type.dimensions[0].extent else {
            throw PithError(
                .unsupportedOperation, "the rank of a result depends on how long input \(index) is",
                advice: "make it a Constant")
        }
        guard extent <= Limits.operands else { throw PithError(.limitExceeded, "a list of \(extent) elements") }
        return extent
    }

    /// How many axes an input lists.
    ///
    /// - Throws: What `length` does, and `shapeMismatch` for more than there are.
    func axisCount(_ index: Int, rank: Int) throws(PithError) -> Int {
        let count = try length(index)
        guard count <= rank else { throw PithError(.shapeMismatch, "\(count) axes of a rank of \(rank)") }
        return count
    }

    /// An axis in 0..<rank; negative counts from the end.
    ///
    /// - Throws: `invalidAttribute`.
    static func axis(_ given: Int, rank: Int) throws(PithError) -> Int {
        guard given >= -rank, given < rank else {
            throw PithError(.invalidAttribute, "axis \(given) is out of range for rank \(rank)")
        }
        return given < 0 ? given + rank : given
    }

    /// Axes in 0..<rank that differ, in the order given.
    static func axes(_ given: [Int], rank: Int) throws(PithError) -> [Int] {
        var axes: [Int] = []
        for axis in given {
            let axis = try Self.axis(axis, rank: rank)
            guard !axes.contains(axis) else { throw PithError(.invalidAttribute, "axis \(axis) stands twice") }
            axes.append(axis)
        }
        return axes
    }

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
