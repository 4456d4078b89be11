/// What a node computes: an operator of ONNX, with its name and semantics at operator set `Operator.operatorSet`.
///
/// The raw value is the code in a file (`spec/OPERATORS.md`). A new operator is one case here and one row in the
/// table, `definition`; the compiler then names every place that must know it.
public enum Operator: UInt8, Sendable, Hashable, CaseIterable {
    // Constants and structure.
    case constant = 1
    case identity = 2
    case dropout = 3
    case flatten = 4
    case reshape = 5
    case transpose = 6

    // Element by element.
    case add = 16
    case sub = 17
    case mul = 18
    case div = 19
    case pow = 20
    case neg = 32
    case abs = 33
    case sqrt = 34
    case exp = 35
    case log = 36
    case erf = 37
    case sin = 38
    case cos = 39

    // Activations.
    case relu = 48
    case leakyRelu = 49
    case sigmoid = 50
    case tanh = 51
    case gelu = 52
    case softmax = 53
    case logSoftmax = 54

    // Products.
    case matMul = 64
    case gemm = 65
    case conv = 66

    // Pooling and normalisation.
    case maxPool = 80
    case averagePool = 81
    case globalAveragePool = 82
    case batchNormalization = 83
}

extension Operator {
    /// The version of ONNX's operator set whose semantics the operators have.
    public static let operatorSet = 21

    /// ONNX's name, for example `MaxPool`.
    public var name: String { definition.name }

    /// The operator with this ONNX name, or nil.
    public init?(name: String) {
        for candidate in Self.allCases where candidate.name == name {
            self = candidate
            return
        }
        return nil
    }

    /// The given attributes with the table's defaults added for those that are missing.
    ///
    /// - Throws: `invalidAttribute` for one that the operator does not have, of another kind, or required and missing.
    public func defaultedAttributes(_ given: Attributes) throws(PithError) -> Attributes {
        let definition = self.definition
        for entry in given.entries {
            guard let expected = definition.attributes.first(where: { $0.name == entry.name }) else {
                throw PithError(
                    .invalidAttribute, "\(definition.name) has no attribute '\(entry.name.spelling)'")
            }
            guard entry.value.kind == expected.kind else {
                throw PithError(
                    .invalidAttribute, "attribute '\(entry.name.spelling)' of \(definition.name) is of the wrong kind")
            }
        }
        var attributes = given
        for attribute in definition.attributes where attributes[attribute.name] == nil {
            switch attribute.presence {
            case .required:
                throw PithError(
                    .invalidAttribute, "\(definition.name) needs the attribute '\(attribute.name.spelling)'")
            case .optional:
                continue
            case .defaulted(let value):
                attributes[attribute.name] = value
            }
        }
        return attributes
    }
}
