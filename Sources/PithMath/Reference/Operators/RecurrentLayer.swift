import PithGraph

/// What LSTM and GRU have in common: extents, inputs, and the walk over directions, images and time.
struct RecurrentLayer<S: Scalar> {
    let gates: Int
    let hidden: Int
    let input: Int
    let sequence: Int
    let batch: Int
    let isBatchFirst: Bool
    /// For each direction, whether it runs from the end.
    let isReversed: [Bool]
    let lengths: [Int]
    let bound: S?
    private let x: [S]
    private let w: [S]
    private let r: [S]
    private let b: [S]?

    init(_ node: ReferenceNode, gates: Int) throws(PithError) {
        let x: ReferenceTensor<S> = try node.numbers(0)
        isBatchFirst = try node.attributes.flag(.layout)
        sequence = x.shape[isBatchFirst ? 1 : 0]
        batch = x.shape[isBatchFirst ? 0 : 1]
        input = x.shape[2]
        self.gates = gates
        self.x = x.elements
        w = try node.numbers(1).elements
        let recurrence: ReferenceTensor<S> = try node.numbers(2)
        r = recurrence.elements
        hidden = recurrence.shape[2]
        b = node.optionalNumbers(3, as: S.self)?.elements
        switch try node.attributes.string(.direction) {
        case "reverse": isReversed = [true]
        case "bidirectional": isReversed = [false, true]
        default: isReversed = [false]
        }
        lengths = node.optional(4) == nil ? [Int](repeating: sequence, count: batch) : try node.integers(4)
        for length in lengths where length < 0 || length > sequence {
            throw PithError(.invalidArgument, "a sequence of \(length) in one of \(sequence)")
        }
        bound = node.attributes[.clip] == nil ? nil : S(try node.attributes.float(.clip))
    }

    /// The times of a direction and image in the order in which they are computed.
    func times(_ direction: Int, _ image: Int) -> [Int] {
        let times = Array(0..<lengths[image])
        return isReversed[direction] ? times.reversed() : times
    }

    /// Where a state of a direction and image begins.
    func state(_ direction: Int, _ image: Int) -> Int {
        (isBatchFirst ? image * isReversed.count + direction : direction * batch + image) * hidden
    }

    /// Where the output of a time, direction and image begins.
    func output(_ time: Int, _ direction: Int, _ image: Int) -> Int {
        let place =
            isBatchFirst
            ? (image * sequence + time) * isReversed.count + direction
            : (time * isReversed.count + direction) * batch + image
        return place * hidden
    }

    /// The gate's product with the input, its bias added after the sum.
    func fromInput(_ gate: Int, _ unit: Int, _ direction: Int, _ image: Int, _ time: Int) -> S {
        let row = (direction * gates + gate) * hidden + unit
        let start = (isBatchFirst ? image * sequence + time : time * batch + image) * input
        var sum: S = 0
        for k in 0..<input { sum = S.multiplyAdd(x[start + k], w[row * input + k], sum) }
        return b.map { sum + $0[(2 * direction * gates + gate) * hidden + unit] } ?? sum
    }

    /// The gate's product with a state, its bias added after the sum.
    func fromState(_ gate: Int, _ unit: Int, _ direction: Int, _ state: [S]) -> S {
        let row = (direction * gates + gate) * hidden + unit
        var sum: S = 0
        for k in 0..<hidden { sum = S.multiplyAdd(state[k], r[row * hidden + k], sum) }
        return b.map { sum + $0[((2 * direction + 1) * gates + gate) * hidden + unit] } ?? sum
    }

    func clipped(_ value: S) -> S {
        guard let bound else { return value }
        return value < -bound ? -bound : value > bound ? bound : value
    }
}

/// The activations of a recurrent layer: three per direction for LSTM, two for GRU.
struct RecurrentActivations<S: Scalar> {
    private let functions: [(S) -> S]
    private let perDirection: Int

    init(_ attributes: Attributes, directions: Int, defaults: [String]) throws(PithError) {
        var names: [String] = []
        if case .strings(let given)? = attributes[.activations] { names = given }
        if names.isEmpty { for _ in 0..<directions { names += defaults } }
        guard names.count == defaults.count * directions else {
            throw PithError(.invalidAttribute, "attribute 'activations' must have \(defaults.count * directions) names")
        }
        var parameters = Parameters(attributes)
        var functions: [(S) -> S] = []
        for name in names { functions.append(try Self.function(name, &parameters)) }
        self.functions = functions
        perDirection = defaults.count
    }

    func apply(_ index: Int, _ direction: Int, _ value: S) -> S { functions[direction * perDirection + index](value) }

    /// Alpha and beta are given in the order of those activations that have them.
    private struct Parameters {
        private var alphas: ArraySlice<Float> = []
        private var betas: ArraySlice<Float> = []

        init(_ attributes: Attributes) {
            if case .floats(let values)? = attributes[.activationAlpha] { alphas = values[...] }
            if case .floats(let values)? = attributes[.activationBeta] { betas = values[...] }
        }

        mutating func alpha(_ standard: Float) -> S { S(alphas.popFirst() ?? standard) }
        mutating func beta(_ standard: Float) -> S { S(betas.popFirst() ?? standard) }
    }

    private static func function(_ name: String, _ parameters: inout Parameters) throws(PithError) -> (S) -> S {
        switch name {
        case "Sigmoid": return { S.sigmoid($0) }
        case "Tanh": return { S.tanh($0) }
        case "Relu": return { $0 > 0 || $0.isNaN ? $0 : 0 }
        case "Softplus": return { S.log(1 + S.exp(-$0.magnitude)) + ($0 > 0 ? $0 : 0) }
        case "Softsign": return { $0 / (1 + $0.magnitude) }
        case "Elu":
            let alpha = parameters.alpha(1)
            return { $0 < 0 ? alpha * (S.exp($0) - 1) : $0 }
        case "LeakyRelu":
            let alpha = parameters.alpha(0.01)
            return { $0 < 0 ? alpha * $0 : $0 }
        case "ThresholdedRelu":
            let alpha = parameters.alpha(1)
            return { $0 > alpha ? $0 : 0 }
        case "HardSigmoid":
            return Reference.hardSigmoid(parameters.alpha(0.2), parameters.beta(0.5))
        case "Affine":
            let (alpha, beta) = (parameters.alpha(1), parameters.beta(0))
            return { alpha * $0 + beta }
        case "ScaledTanh":
            let (alpha, beta) = (parameters.alpha(1), parameters.beta(1))
            return { alpha * S.tanh(beta * $0) }
        default: throw PithError(.invalidAttribute, "the activation '\(name)' is not known")
        }
    }
}
