/// What a node computes: an operator of ONNX, with its name and semantics at operator set `Operator.operatorSet`.
///
/// The raw value is the code in a file, at most 127 (`spec/OPERATORS.md`). A new operator is one case here and one row in the
/// table, `definition`; the compiler then names every place that must know it.
public enum Operator: UInt8, Sendable, Hashable, CaseIterable {
    // Constants and structure.
    case constant = 1
    case identity = 2
    case dropout = 3
    case flatten = 4
    case reshape = 5
    case transpose = 6
    case squeeze = 7
    case unsqueeze = 8
    case concat = 9
    case split = 10
    case slice = 11
    case gather = 12
    case pad = 13
    case expand = 14
    case tile = 15

    // Element by element, two or more inputs.
    case add = 16
    case sub = 17
    case mul = 18
    case div = 19
    case pow = 20
    case min = 21
    case max = 22
    case and = 24
    case or = 25
    case equal = 26
    case less = 27
    case lessOrEqual = 28
    case greater = 29
    case greaterOrEqual = 30
    case `where` = 31

    // Element by element, one input.
    case neg = 32
    case abs = 33
    case sqrt = 34
    case exp = 35
    case log = 36
    case erf = 37
    case sin = 38
    case cos = 39
    case reciprocal = 40
    case not = 41
    case clip = 42
    case cast = 43

    // Values made from shapes.
    case shape = 44
    case size = 45
    case range = 46
    case constantOfShape = 47

    // Activations.
    case relu = 48
    case leakyRelu = 49
    case sigmoid = 50
    case tanh = 51
    case gelu = 52
    case softmax = 53
    case logSoftmax = 54
    case elu = 55
    case selu = 56
    case hardSigmoid = 57
    case hardSwish = 58
    case softplus = 59
    case pRelu = 60

    // Products.
    case matMul = 64
    case gemm = 65
    case conv = 66
    case convTranspose = 67
    case matMulInteger = 68

    // Sequences.
    case lstm = 72
    case gru = 73

    // Pooling, normalisation, resampling.
    case maxPool = 80
    case averagePool = 81
    case globalAveragePool = 82
    case batchNormalization = 83
    case globalMaxPool = 84
    case layerNormalization = 85
    case instanceNormalization = 86
    case resize = 87

    // Reductions.
    case reduceMean = 96
    case reduceSum = 97
    case reduceMax = 98
    case reduceMin = 99
    case reduceL2 = 100
    case argMax = 101
    case argMin = 102
    case topK = 103
    case cumSum = 104

    // Quantisation.
    case quantizeLinear = 112
    case dequantizeLinear = 113
    case dynamicQuantizeLinear = 114

    // Control.
    case `if` = 120
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
        for position in given.entries.indices {
            let name = given.entries[position].name
            guard let kind = definition.kind(of: name) else {
                throw PithError(.invalidAttribute, "\(definition.name) has no attribute '\(name.spelling)'")
            }
            guard given.entries[position].value.kind == kind else {
                throw PithError(
                    .invalidAttribute, "attribute '\(name.spelling)' of \(definition.name) is of the wrong kind")
            }
        }
        let attributes = given.entries.isEmpty ? definition.defaults : given.filled(from: definition.defaults)
        for position in definition.attributes.indices {
            guard case .required = definition.attributes[position].presence else { continue }
            let name = definition.attributes[position].name
            guard attributes.contains(name) else {
                throw PithError(.invalidAttribute, "\(definition.name) needs the attribute '\(name.spelling)'")
            }
        }
        return attributes
    }
}
