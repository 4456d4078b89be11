public import PithGraph

/// The scalar reference: `spec/ARITHMETIC.md` as code, written to be read. Every faster kernel equals it bit for bit.
public enum Reference {
    /// Bytes in which it works with an element of any type.
    static let elementBytes = 8

    /// Applies an operator.
    ///
    /// - Parameters:
    ///   - op: The operator.
    ///   - attributes: With the table's defaults added.
    ///   - inputs: In the table's order; nil for one left out.
    ///   - outputCount: How many outputs are asked for.
    /// - Throws: What the shape rule throws, and `unsupportedOperation`, `invalidGraph`.
    public static func apply(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], outputCount: Int = 1
    ) throws(PithError) -> [Tensor] {
        let types = try op.outputTypes(
            inputs: inputs.map { $0.map { ValueType($0.elementType, $0.shape) } }, attributes: attributes,
            known: op.knownElements(of: inputs), outputCount: outputCount)
        return try ReferenceNode(op, attributes, inputs, outputs: types).compute()
    }

    /// Applies an operator to numbers of one kind.
    ///
    /// - Parameters:
    ///   - op: The operator.
    ///   - attributes: With the table's defaults added.
    ///   - inputs: In the table's order; nil for one left out, and for the integers of `Reshape`.
    ///   - outputShapes: As the shape rule gives them for these inputs.
    /// - Throws: As the other.
    public static func apply<S: Scalar>(
        _ op: Operator, _ attributes: Attributes, _ inputs: [ReferenceTensor<S>?], outputShapes: [Shape]
    ) throws(PithError) -> [ReferenceTensor<S>] {
        let node = try ReferenceNode(
            op, attributes, inputs.map { $0.map { $0.tensor(of: S.elementType) } },
            outputs: outputShapes.map { ValueType(S.elementType, $0) })
        return try node.compute().map { ReferenceTensor($0) }
    }
}

extension Operator {
    /// The elements of those inputs that decide a shape.
    package func knownElements(of inputs: [Tensor?]) -> [KnownElements?] {
        let definition = self.definition
        return inputs.enumerated().map { index, input in
            definition.decidesShape(index) || self == .if ? input.flatMap { $0.knownElements } : nil
        }
    }
}

extension ReferenceNode {
    /// Computes the outputs: operators that move elements whatever they are, those of mixed types, then those of numbers
    /// by the kind of number that the first input's type is computed in.
    func compute() throws(PithError) -> [Tensor] {
        if let moved = try moved() { return moved }
        switch op {
        case .cast: return [try cast()]
        case .quantizeLinear: return [try quantize()]
        case .dequantizeLinear: return [try dequantize()]
        case .dynamicQuantizeLinear: return try dynamicQuantize()
        case .matMulInteger: return [try matMulInteger()]
        case .resize: return [try resize()]
        case .if: return try branch()
        default: break
        }
        switch try input(0).elementType {
        case .float32, .float16, .bfloat16, .float8e4m3fn, .float8e5m2: return try floating(Float.self)
        case .float64:
            #if hasFeature(Embedded)
                // It would need a fused multiply-add of doubles in software, which no such target has use for.
                throw PithError(.unsupportedOperation, "\(op.name) of double is not computed in Embedded builds")
            #else
                return try floating(Double.self)
            #endif
        case .uint64: return try numeric(UInt64.self)
        default: return try numeric(Int64.self)
        }
    }

    /// Operators of numbers of every kind.
    private func numeric<N: Number>(_ type: N.Type) throws(PithError) -> [Tensor] {
        switch op {
        case .add, .sub, .mul, .div, .min, .max: result(try arithmetic(type))
        case .and, .or, .equal, .less, .lessOrEqual, .greater, .greaterOrEqual: [try comparison(type)]
        case .pow: [try power()]
        case .neg, .abs, .relu, .not: result(try unary(type))
        case .clip: result(try clip(type))
        case .pRelu: result(try pRelu(type))
        case .range: result(try range(type))
        case .matMul: result(Reference.matMul(try numbers(0, as: type), try numbers(1), shape))
        case .gemm: result(try Reference.gemm(attributes, numbers(0, as: type), numbers(1), optionalNumbers(2), shape))
        case .maxPool: try maxPool(type)
        case .reduceSum, .reduceMean, .reduceMax, .reduceMin, .reduceL2: result(try reduce(type))
        case .argMax, .argMin: [try position(type)]
        case .topK: try topK(type)
        case .cumSum: result(try cumSum(type))
        default: throw PithError(.unsupportedOperation, "\(op.name) of \(try input(0)) is not computed by this version")
        }
    }

    /// Operators of floats alone, then the others.
    private func floating<S: Scalar>(_ type: S.Type) throws(PithError) -> [Tensor] {
        switch op {
        case .sqrt, .exp, .log, .erf, .sin, .cos, .reciprocal, .leakyRelu, .sigmoid, .tanh, .gelu, .elu, .selu,
            .hardSigmoid, .hardSwish, .softplus:
            result(try elementwise(type))
        case .softmax, .logSoftmax:
            result(
                Reference.softmax(
                    try numbers(0, as: type), axis: try attributes.int(.axis), logarithm: op == .logSoftmax))
        case .conv: result(try conv(type))
        case .convTranspose: result(try convTranspose(type))
        case .averagePool: result(try averagePool(type))
        case .globalAveragePool: result(Reference.globalAveragePool(try numbers(0, as: type), shape))
        case .globalMaxPool: result(Reference.globalMaxPool(try numbers(0, as: type), shape))
        case .batchNormalization: try batchNormalization(type)
        case .layerNormalization: try layerNormalization(type)
        case .instanceNormalization: result(try instanceNormalization(type))
        case .lstm: try lstm(type)
        case .gru: try gru(type)
        default: try numeric(type)
        }
    }
}
