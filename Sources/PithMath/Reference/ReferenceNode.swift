import PithGraph

/// A node as the reference computes it: an operator, its attributes with defaults, its inputs, and the types of its
/// outputs, every extent a number.
struct ReferenceNode {
    let op: Operator
    let attributes: Attributes
    let inputs: [Tensor?]
    let outputs: [ValueType]
    let shapes: [Shape]

    init(_ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], outputs: [ValueType]) throws(PithError) {
        self.op = op
        self.attributes = attributes
        self.inputs = inputs
        self.outputs = outputs
        var shapes: [Shape] = []
        for type in outputs { shapes.append(try type.shape()) }
        self.shapes = shapes
    }

    /// The shape of the first output.
    var shape: Shape { shapes[0] }

    /// An input that the table says is always there.
    func input(_ index: Int) throws(PithError) -> Tensor {
        guard let tensor = optional(index) else {
            throw PithError(.invalidGraph, "input \(index) of \(op.name) is missing")
        }
        return tensor
    }

    func optional(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }

    /// The numbers of an input that is always there.
    func numbers<N: Number>(_ index: Int, as type: N.Type = N.self) throws(PithError) -> ReferenceTensor<N> {
        ReferenceTensor(try input(index))
    }

    /// The numbers of an input that may be left out.
    func optionalNumbers<N: Number>(_ index: Int, as type: N.Type = N.self) -> ReferenceTensor<N>? {
        optional(index).map { ReferenceTensor($0) }
    }

    /// The integers of an input, of any integer type.
    func integers(_ index: Int) throws(PithError) -> [Int] {
        var result: [Int] = []
        for element in try numbers(index, as: Int64.self).elements {
            guard let integer = Int(exactly: element) else {
                throw PithError(.limitExceeded, "an integer of \(element)")
            }
            result.append(integer)
        }
        return result
    }

    /// What the shape rules know of the inputs.
    var context: ShapeContext {
        ShapeContext(
            inputs: inputs.map { $0.map { ValueType($0.elementType, $0.shape) } }, attributes: attributes,
            known: inputs.map { $0.flatMap { $0.knownElements } }, outputCount: outputs.count)
    }

    /// The first output, rounded to its type.
    func result<N: Number>(_ tensor: ReferenceTensor<N>) -> [Tensor] { [tensor.tensor(of: outputs[0].elementType)] }

    /// An output by position.
    func output<N: Number>(_ index: Int, _ elements: [N]) -> Tensor {
        ReferenceTensor(elements, shape: shapes[index]).tensor(of: outputs[index].elementType)
    }
}
