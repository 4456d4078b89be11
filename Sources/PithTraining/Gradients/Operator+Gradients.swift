public import PithGraph
import PithMath

extension Operator {
    /// Whether the gradient of what it gives leads to gradients of what it takes.
    ///
    /// Operators that give only integers or truth values are none: nothing flows through them.
    public var isDifferentiable: Bool { vectorJacobianProduct != nil }

    /// Whether its gradient is worked out from what it gave, which is then kept.
    var gradientTakesOutput: Bool {
        switch self {
        case .div, .pow, .min, .max, .sqrt, .exp, .reciprocal, .sigmoid, .tanh, .softmax, .logSoftmax, .reduceMax,
            .reduceMin, .reduceL2:
            true
        default: false
        }
    }

    /// The table: for each operator, from the gradient of an output to those of the inputs; nil without one.
    var vectorJacobianProduct: ((GradientContext) -> () throws(PithError) -> [Tensor?])? {
        switch self {
        case .identity, .dropout, .flatten, .reshape, .squeeze, .unsqueeze: GradientContext.reshaped
        case .transpose: GradientContext.transposed
        case .concat, .split, .slice, .gather, .pad, .expand, .tile, .where: GradientContext.moved

        case .add, .sub, .mul, .div, .pow: GradientContext.broadcasting
        case .min, .max: GradientContext.extremum
        case .neg, .abs, .sqrt, .exp, .log, .erf, .sin, .cos, .reciprocal: GradientContext.elementwise
        case .clip: GradientContext.clip

        case .relu, .leakyRelu, .sigmoid, .tanh, .gelu, .elu, .selu, .hardSigmoid, .hardSwish, .softplus:
            GradientContext.activation
        case .pRelu: GradientContext.pRelu
        case .softmax: GradientContext.softmax
        case .logSoftmax: GradientContext.logSoftmax

        case .matMul: GradientContext.matMul
        case .gemm: GradientContext.gemm
        case .conv: GradientContext.convolution

        case .maxPool: GradientContext.maxPool
        case .averagePool: GradientContext.averagePool
        case .globalAveragePool: GradientContext.globalAveragePool
        case .globalMaxPool: GradientContext.globalMaxPool
        case .batchNormalization: GradientContext.batchNormalization
        case .layerNormalization: GradientContext.layerNormalization
        case .instanceNormalization: GradientContext.instanceNormalization

        case .reduceSum, .reduceMean, .reduceMax, .reduceMin, .reduceL2: GradientContext.reduced
        case .cumSum: GradientContext.cumulated

        case .constant, .cast, .shape, .size, .range, .constantOfShape, .and, .or, .equal, .less, .lessOrEqual,
            .greater, .greaterOrEqual, .not, .convTranspose, .matMulInteger, .lstm, .gru, .resize, .argMax, .argMin,
            .topK, .quantizeLinear, .dequantizeLinear, .dynamicQuantizeLinear, .if:
            nil
        }
    }
}
