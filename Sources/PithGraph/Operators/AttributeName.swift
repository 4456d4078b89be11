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
}

extension AttributeName {
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
