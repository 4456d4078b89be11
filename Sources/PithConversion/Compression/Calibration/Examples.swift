public import PithData
public import PithFormat
public import PithGraph
public import PithMath

/// Inputs of a model that has one, and the classes that they are of, if these are known.
public struct Examples: Sendable {
    /// float32, the examples along the first axis.
    public let inputs: Tensor

    /// The class of each example; nil where that is not known.
    public let labels: [UInt8]?

    /// How many examples there are.
    public var count: Int { inputs.shape[0] }

    /// Takes an array of examples as the model takes them.
    ///
    /// - Parameter inputs: float32, the examples along the first axis, each of as many elements as the model takes.
    /// - Throws: `invalidArgument` for a model with other inputs, `typeMismatch`, `shapeMismatch`.
    public init(_ inputs: Tensor, for graph: Graph) throws(PithError) {
        let extents = try Self.extents(graph)
        guard inputs.elementType == .float32 else {
            throw PithError(.typeMismatch, "the examples are \(inputs), where f32 is needed")
        }
        guard inputs.shape.rank > 0, inputs.shape[0] > 0, inputs.count == inputs.shape[0] * extents.reduce(1, *) else {
            throw PithError(.shapeMismatch, "the examples are \(inputs), where each is of \(Shape(extents))")
        }
        self.inputs = try inputs.reshaped(to: Shape(checking: [inputs.shape[0]] + extents))
        labels = nil
    }

    /// Takes pictures, prepared as the file's metadata says.
    ///
    /// - Parameter limit: The first so many are taken.
    /// - Throws: As the other.
    public init(
        _ pictures: ImageSet, for graph: Graph, _ metadata: Metadata, limit: Int = .max
    ) throws(PithError) {
        let extents = try Self.extents(graph)
        let size = pictures.rows * pictures.columns
        guard extents.reduce(1, *) == size else {
            throw PithError(
                .shapeMismatch,
                "pictures of \(pictures.rows) × \(pictures.columns), where each example is of \(Shape(extents))")
        }
        let count = min(pictures.count, limit)
        let mean = Self.number(metadata[Metadata.inputMean]) ?? 0
        let deviation = Self.number(metadata[Metadata.inputStandardDeviation]) ?? 1
        let floats = pictures.images[..<(count * size)].map { (Float($0) / 255 - mean) / deviation }
        inputs = Tensor(floats, shape: try Shape(checking: [count] + extents))
        labels = Array(pictures.labels[..<count])
    }

    /// The first so many examples.
    func first(_ limit: Int) -> Examples {
        guard count > limit else { return self }
        return Examples(inputs: rows(0..<limit), labels: labels.map { Array($0[..<limit]) })
    }

    /// Some examples' inputs.
    func rows(_ range: Range<Int>) -> Tensor { inputs.rows(range) }

    private init(inputs: Tensor, labels: [UInt8]?) {
        self.inputs = inputs
        self.labels = labels
    }

    /// The extents of one example; an axis that the graph leaves open counts once.
    private static func extents(_ graph: Graph) throws(PithError) -> [Int] {
        guard graph.inputs.count == 1, let input = graph.inputs.first, graph[input].type.elementType == .float32,
            graph[input].type.rank > 1
        else {
            throw PithError(
                .invalidArgument, "examples are for a model that has one input, of floats, a batch along its first axis"
            )
        }
        return graph[input].type.dimensions.dropFirst().map { $0.extent ?? 1 }
    }

    private static func number(_ value: MetadataValue?) -> Float? {
        switch value {
        case .float(let number): Float(number)
        case .floats(let numbers): numbers.first.map { Float($0) }
        default: nil
        }
    }
}
