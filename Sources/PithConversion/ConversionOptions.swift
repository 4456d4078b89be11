public import PithFormat
public import PithGraph
public import PithMath

/// What a conversion is asked for beyond the type of the weights.
public struct ConversionOptions: Sendable {
    /// Where in a checkpoint the state dict is, its parts separated by dots; nil finds it where there is one.
    public var key: String?

    /// Whether the tensors are taken without a graph.
    public var isWeightsOnly = false

    /// Whether a checkpoint's moving average is taken instead of its last weights.
    public var takesAverage = false

    /// The graph for weights that come without one.
    public var graph: Graph?

    /// How tensors are renamed.
    public var names = NameMap()

    /// The activation between the layers of a plain chain, for weights that come without a graph.
    public var activation: Operator?

    /// Shapes of a source's inputs in place of those that it declares, by name.
    public var inputShapes: [String: [Dimension]] = [:]

    /// Inputs of a source that always have one value, by name: they become constants, and what depends on them alone is
    /// worked out, branches among it.
    public var fixedInputs: [String: FixedInput] = [:]

    /// What `input.mean` and `input.std` say: subtracted from the input, and divided by afterwards.
    public var mean: [Double]?
    /// See `mean`.
    public var standardDeviation: [Double]?

    /// What the outputs are; nil reads it from the last operator where it tells.
    public var outputKind: OutputKind?

    /// Whether batch normalisation becomes part of the convolution or product before it, which changes bits.
    public var foldsBatchNormalization = false

    /// What the tool was asked for, for the file's provenance.
    public var commandLine: [String] = []

    /// Creates options that ask for nothing.
    public init() {}

    /// The one value of an input.
    public enum FixedInput: Sendable {
        /// Numbers of the type that the source declares: one for an input without dimensions, else its elements.
        case numbers([Double])
        /// A tensor of the type that the source declares.
        case tensor(Tensor)
    }
}
