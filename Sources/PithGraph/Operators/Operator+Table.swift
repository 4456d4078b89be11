extension Operator {
    /// The operator's row in the table (`spec/OPERATORS.md` has the same rows).
    public var definition: OperatorDefinition {
        switch self {
        case .constant: .constant
        case .identity: .identity
        case .dropout: .dropout
        case .flatten: .flatten
        case .reshape: .reshape
        case .transpose: .transpose
        case .squeeze: .squeeze
        case .unsqueeze: .unsqueeze
        case .concat: .concat
        case .split: .split
        case .slice: .slice
        case .gather: .gather
        case .pad: .pad
        case .expand: .expand
        case .tile: .tile

        case .add: .add
        case .sub: .sub
        case .mul: .mul
        case .div: .div
        case .pow: .pow
        case .min: .min
        case .max: .max
        case .and: .and
        case .or: .or
        case .equal: .equal
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .where: .where
        case .neg: .neg
        case .abs: .abs
        case .sqrt: .sqrt
        case .exp: .exp
        case .log: .log
        case .erf: .erf
        case .sin: .sin
        case .cos: .cos
        case .reciprocal: .reciprocal
        case .not: .not
        case .clip: .clip
        case .cast: .cast

        case .shape: .shape
        case .size: .size
        case .range: .range
        case .constantOfShape: .constantOfShape

        case .relu: .relu
        case .leakyRelu: .leakyRelu
        case .sigmoid: .sigmoid
        case .tanh: .tanh
        case .gelu: .gelu
        case .softmax: .softmax
        case .logSoftmax: .logSoftmax
        case .elu: .elu
        case .selu: .selu
        case .hardSigmoid: .hardSigmoid
        case .hardSwish: .hardSwish
        case .softplus: .softplus
        case .pRelu: .pRelu

        case .matMul: .matMul
        case .gemm: .gemm
        case .conv: .conv
        case .convTranspose: .convTranspose
        case .matMulInteger: .matMulInteger

        case .lstm: .lstm
        case .gru: .gru

        case .maxPool: .maxPool
        case .averagePool: .averagePool
        case .globalAveragePool: .globalAveragePool
        case .batchNormalization: .batchNormalization
        case .globalMaxPool: .globalMaxPool
        case .layerNormalization: .layerNormalization
        case .instanceNormalization: .instanceNormalization
        case .resize: .resize

        case .reduceMean: .reduceMean
        case .reduceSum: .reduceSum
        case .reduceMax: .reduceMax
        case .reduceMin: .reduceMin
        case .reduceL2: .reduceL2
        case .argMax: .argMax
        case .argMin: .argMin
        case .topK: .topK
        case .cumSum: .cumSum

        case .quantizeLinear: .quantizeLinear
        case .dequantizeLinear: .dequantizeLinear
        case .dynamicQuantizeLinear: .dynamicQuantizeLinear

        case .if: .if
        }
    }
}
