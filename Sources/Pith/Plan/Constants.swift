import PithFormat
import PithGraph
import PithMath

/// The values of a graph that depend on no input: initializers, read when something first takes them, and what is
/// folded from them.
struct Constants: ~Copyable {
    private let weights: Weights
    private let values: [Graph.Value]

    /// What is known row by row so far.
    private var tensors: [Tensor?]

    /// For a folded `Cast` to float32, what it widened.
    private var narrow: [Tensor?]

    init(_ graph: Graph, _ weights: Weights) {
        self.weights = weights
        values = graph.values
        tensors = [Tensor?](repeating: nil, count: graph.values.count)
        narrow = tensors
    }

    /// Whether a value is constant, as far as is known.
    func contains(_ id: Graph.ValueID) -> Bool { tensors[id.index] != nil || weights.contains(id) }

    /// The shape of a constant, nil for other values.
    func shape(_ id: Graph.ValueID) -> Shape? {
        if let tensor = tensors[id.index] { return tensor.shape }
        return weights.contains(id) ? try? values[id.index].type.shape() : nil
    }

    /// A constant row by row, nil for other values.
    ///
    /// - Throws: What reading an initializer throws.
    mutating func tensor(_ id: Graph.ValueID) throws(PithError) -> Tensor? {
        if let tensor = tensors[id.index] { return tensor }
        guard weights.contains(id) else { return nil }
        let tensor = try weights.tensor(id)
        tensors[id.index] = tensor
        return tensor
    }

    /// Takes in a value that was folded.
    ///
    /// - Parameter source: What the value was cast from, when it holds the same numbers.
    mutating func insert(_ tensor: Tensor, for id: Graph.ValueID, castFrom source: Tensor? = nil) {
        tensors[id.index] = tensor
        narrow[id.index] = source
    }

    /// A constant float32 matrix as a product takes it: in less than panels where the product is faster for it.
    func packed(_ id: Graph.ValueID, transposed: Bool, mayBeNarrow: Bool) throws(PithError) -> PackedMatrix {
        guard mayBeNarrow else { return try panels(id, transposed: transposed, mayBeNarrow: false) }
        if tensors[id.index] == nil, let stored = try weights.affine(id) {
            return try packed(stored, transposed: transposed)
        }
        return try panels(id, transposed: transposed, mayBeNarrow: true).compressed()
    }

    /// A matrix that is stored as whole numbers and their scales, decoded where the product is faster for that.
    private func packed(_ stored: StoredTensor, transposed: Bool) throws(PithError) -> PackedMatrix {
        if let integers = ScaledIntegers(stored),
            let matrix = PackedMatrix(
                stored.shape, numbers: integers.numbers, scales: integers.scales, groups: integers.groups,
                transposed: transposed)
        {
            return matrix
        }
        let tensor = try Tensor(stored)
        let isTaken = Self.isNarrow(stored.elementType) || stored.elementType == .float32
        return PackedMatrix(packing: isTaken ? tensor : try tensor.converted(to: .float32), transposed: transposed)
            .compressed()
    }

    /// A constant float32 matrix in the kernels' panels: as it is stored when that is narrower and the product can widen
    /// it.
    private func panels(_ id: Graph.ValueID, transposed: Bool, mayBeNarrow: Bool) throws(PithError) -> PackedMatrix {
        if mayBeNarrow, let narrow = narrow[id.index], Self.isNarrow(narrow.elementType) {
            return PackedMatrix(packing: narrow, transposed: transposed)
        }
        if weights.contains(id) {
            let stored = weights.storedType(id)
            guard mayBeNarrow && Self.isNarrow(stored) || stored == .float32 else {
                return PackedMatrix(packing: try weights.tensor(id), transposed: transposed)
            }
            return try weights.panels(id, transposed: transposed)
        }
        guard let tensor = tensors[id.index] else {
            throw PithError(.invalidGraph, "a matrix is not constant", at: .tensor(values[id.index].name))
        }
        return PackedMatrix(packing: tensor, transposed: transposed)
    }

    private static func isNarrow(_ type: ElementType) -> Bool { type == .bfloat16 || type == .float16 }
}
