/// The name of a node's attribute. The raw value is the code in a file (`spec/FORMAT.md`, "Attributes").
public enum AttributeName: UInt8, Sendable, Hashable, CaseIterable {
    /// Scales a product, or the slope of `LeakyRelu`.
    case alpha = 1
    /// The dimension an operator works along.
    case axis = 2
    /// Scales the addend of `Gemm`.
    case beta = 3
    /// Whether pooling rounds output extents up.
    case ceilMode = 4
    /// Whether padding counts in an average.
    case countIncludePad = 5
    /// Distances between the elements of a window.
    case dilations = 6
    /// Added to a variance.
    case epsilon = 7
    /// Groups of channels.
    case group = 8
    /// Extents of a window.
    case kernelShape = 9
    /// How much of the running statistics a training step keeps.
    case momentum = 10
    /// Padding before, then after, each spatial dimension.
    case pads = 11
    /// The order of dimensions.
    case perm = 12
    /// Distances between windows.
    case strides = 13
    /// Whether `Gemm` transposes its first input.
    case transA = 14
    /// Whether `Gemm` transposes its second input.
    case transB = 15
    /// The one-dimensional constant of 64-bit integers.
    case valueInts = 16
    /// Whether a 0 in a new shape is an extent of 0.
    case allowZero = 17
    /// Which formula of `Gelu`: `none` or `tanh`.
    case approximate = 18
    /// The value of a `Constant`, or of every element of a `ConstantOfShape`.
    case value = 19
    /// The number of an element type in ONNX.
    case to = 20
    /// Whether what is out of range becomes the greatest float8.
    case saturate = 21
    /// Whether a reduced dimension stays, with extent 1.
    case keepDims = 22
    /// Whether a reduction without axes reduces nothing.
    case noopWithEmptyAxes = 23
    /// Whether the last of equal elements wins.
    case selectLastIndex = 24
    /// Whether the greatest elements are taken, or the least.
    case largest = 25
    /// Whether the elements taken are in order.
    case sorted = 26
    /// Whether an element is left out of its own sum.
    case exclusive = 27
    /// Whether sums run from the end.
    case reverse = 28
    /// The first dimension that counts.
    case start = 29
    /// The dimension before which counting ends.
    case end = 30
    /// How many parts there are.
    case numOutputs = 31
    /// How elements outside or between are filled in.
    case mode = 32
    /// The scale of `Selu`.
    case gamma = 33
    /// How padding follows from the input: `NOTSET`, `VALID`, `SAME_UPPER`, `SAME_LOWER`.
    case autoPad = 34
    /// Extents added at the end of each spatial dimension of the output.
    case outputPadding = 35
    /// The spatial extents of the output.
    case outputShape = 36
    /// Whether the positions of maxima count by columns.
    case storageOrder = 37
    /// The element type of a mean and of what is computed with it.
    case stashType = 38
    /// The graph for a true condition.
    case thenBranch = 39
    /// The graph for a false condition.
    case elseBranch = 40
    /// The extent of a hidden state.
    case hiddenSize = 41
    /// `forward`, `reverse` or `bidirectional`.
    case direction = 42
    /// Whether the batch is the first dimension of a sequence.
    case layout = 43
    /// Whether input and forget gates are coupled.
    case inputForget = 44
    /// The bound on what goes into an activation.
    case clip = 45
    /// The names of the activations.
    case activations = 46
    /// The first parameter of each activation.
    case activationAlpha = 47
    /// The second parameter of each activation.
    case activationBeta = 48
    /// Whether the product is taken before the reset gate.
    case linearBeforeReset = 49
    /// How positions of the output map to the input.
    case coordinateTransformationMode = 50
    /// How a position is rounded.
    case nearestMode = 51
    /// The parameter of cubic interpolation.
    case cubicCoefficient = 52
    /// Whether elements outside have no weight.
    case excludeOutside = 53
    /// The element outside.
    case extrapolationValue = 54
    /// Whether the filter is widened when the output is smaller.
    case antialias = 55
    /// `stretch`, `not_larger` or `not_smaller`.
    case keepAspectRatioPolicy = 56
    /// The dimensions an operator works along.
    case axes = 57
    /// Elements along the axis that share a scale.
    case blockSize = 58
    /// The number of the output's element type in ONNX, or 0.
    case outputType = 59
    /// The number in ONNX of the type to divide in, or 0.
    case precision = 60
    /// Whether statistics are those of the batch.
    case trainingMode = 61
    /// The seed of a random mask, which evaluation ignores.
    case seed = 62
}

extension AttributeName {
    /// Whether its value is 0 or 1 (`spec/OPERATORS.md`, "Attributes").
    var isFlag: Bool {
        switch self {
        case .allowZero, .antialias, .ceilMode, .countIncludePad, .excludeOutside, .exclusive, .inputForget, .keepDims,
            .largest, .layout, .linearBeforeReset, .noopWithEmptyAxes, .reverse, .saturate, .selectLastIndex, .sorted,
            .storageOrder, .trainingMode, .transA, .transB:
            true
        default: false
        }
    }

    /// ONNX's spelling, for example `kernel_shape`.
    public var spelling: String {
        switch self {
        case .alpha: "alpha"
        case .axis: "axis"
        case .beta: "beta"
        case .ceilMode: "ceil_mode"
        case .countIncludePad: "count_include_pad"
        case .dilations: "dilations"
        case .epsilon: "epsilon"
        case .group: "group"
        case .kernelShape: "kernel_shape"
        case .momentum: "momentum"
        case .pads: "pads"
        case .perm: "perm"
        case .strides: "strides"
        case .transA: "transA"
        case .transB: "transB"
        case .valueInts: "value_ints"
        case .allowZero: "allowzero"
        case .approximate: "approximate"
        case .value: "value"
        case .to: "to"
        case .saturate: "saturate"
        case .keepDims: "keepdims"
        case .noopWithEmptyAxes: "noop_with_empty_axes"
        case .selectLastIndex: "select_last_index"
        case .largest: "largest"
        case .sorted: "sorted"
        case .exclusive: "exclusive"
        case .reverse: "reverse"
        case .start: "start"
        case .end: "end"
        case .numOutputs: "num_outputs"
        case .mode: "mode"
        case .gamma: "gamma"
        case .autoPad: "auto_pad"
        case .outputPadding: "output_padding"
        case .outputShape: "output_shape"
        case .storageOrder: "storage_order"
        case .stashType: "stash_type"
        case .thenBranch: "then_branch"
        case .elseBranch: "else_branch"
        case .hiddenSize: "hidden_size"
        case .direction: "direction"
        case .layout: "layout"
        case .inputForget: "input_forget"
        case .clip: "clip"
        case .activations: "activations"
        case .activationAlpha: "activation_alpha"
        case .activationBeta: "activation_beta"
        case .linearBeforeReset: "linear_before_reset"
        case .coordinateTransformationMode: "coordinate_transformation_mode"
        case .nearestMode: "nearest_mode"
        case .cubicCoefficient: "cubic_coeff_a"
        case .excludeOutside: "exclude_outside"
        case .extrapolationValue: "extrapolation_value"
        case .antialias: "antialias"
        case .keepAspectRatioPolicy: "keep_aspect_ratio_policy"
        case .axes: "axes"
        case .blockSize: "block_size"
        case .outputType: "output_dtype"
        case .precision: "precision"
        case .trainingMode: "training_mode"
        case .seed: "seed"
        }
    }

    /// The name with this ONNX spelling, or nil.
    public init?(spelling: String) {
        for name in Self.allCases where name.spelling == spelling {
            self = name
            return
        }
        return nil
    }
}
