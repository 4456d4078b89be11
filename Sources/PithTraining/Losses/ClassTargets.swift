import PithGraph
import PithMath

/// What a classifier should have answered: a distribution per row, or the index of a class.
public enum ClassTargets {
    /// [rows, classes]: one-hot or soft. It may ask for a gradient.
    case distribution(Variable)

    /// One class per row.
    case indices([Int])
}

/// How a cross-entropy weighs its terms, with the names and formulas of `torch.nn.CrossEntropyLoss`.
public struct CrossEntropyOptions: Sendable, Hashable {
    /// A factor per class; nil is 1 for each. With class indices the mean is then the weighted one.
    public var weight: [Float]?

    /// A class index that does not count; distributions know none.
    public var ignoreIndex: Int

    /// The share, from 0 to 1, of every target that is spread evenly over the classes.
    public var labelSmoothing: Float

    /// Creates options with PyTorch's defaults.
    public init(weight: [Float]? = nil, ignoreIndex: Int = -100, labelSmoothing: Float = 0) {
        self.weight = weight
        self.ignoreIndex = ignoreIndex
        self.labelSmoothing = labelSmoothing
    }
}

/// The coefficients T of a loss -Σ T · log p / D, worked out from targets and options.
struct TargetCoefficients {
    /// [rows, classes].
    let values: Tensor
    let rows: Int
    let classes: Int
    /// D: the rows, or with class indices the sum of the weights of those that count.
    let divisor: Float
    /// The targets when they are a distribution, which may ask for a gradient.
    let variable: Variable?
    /// For each class, how much a target's coefficient grows with the target: weight · (1 - smoothing).
    let slopes: [Float]

    /// - Throws: `shapeMismatch` for targets or weights that do not fit, `invalidArgument` for an index that is no class
    ///   or a smoothing outside 0 to 1.
    init(_ targets: ClassTargets, for scores: Tensor, _ options: CrossEntropyOptions) throws(PithError) {
        guard scores.shape.rank == 2, scores.count > 0 else {
            throw PithError(.shapeMismatch, "expected [rows, classes], given \(scores)")
        }
        (rows, classes) = (scores.shape[0], scores.shape[1])
        let weights = options.weight ?? [Float](repeating: 1, count: classes)
        guard weights.count == classes else {
            throw PithError(.shapeMismatch, "\(weights.count) class weights, where there are \(classes) classes")
        }
        let smoothing = options.labelSmoothing
        guard smoothing >= 0, smoothing <= 1 else {
            throw PithError(.invalidArgument, "a label smoothing of \(smoothing)", advice: "take one from 0 to 1")
        }
        let (kept, spread) = (1 - smoothing, smoothing / Float(classes))
        slopes = weights.map { $0 * kept }
        var values = [Float](repeating: 0, count: scores.count)
        switch targets {
        case .distribution(let variable):
            guard variable.value.shape == scores.shape else {
                throw PithError(.shapeMismatch, "the targets are \(variable.value), where the scores are \(scores)")
            }
            let given = variable.value.floats
            for index in values.indices {
                let t = smoothing == 0 ? given[index] : given[index] * kept + spread
                values[index] = t * weights[index % classes]
            }
            divisor = Float(rows)
            self.variable = variable
        case .indices(let indices):
            guard indices.count == rows else {
                throw PithError(.shapeMismatch, "\(indices.count) class indices, where there are \(rows) rows")
            }
            var sum: Float = 0
            for (row, index) in indices.enumerated() where index != options.ignoreIndex {
                guard weights.indices.contains(index) else {
                    throw PithError(.invalidArgument, "class \(index), where there are \(classes)")
                }
                sum += weights[index]
                if smoothing != 0 {
                    for column in 0..<classes { values[row * classes + column] = spread * weights[column] }
                }
                values[row * classes + index] += slopes[index]
            }
            divisor = sum
            variable = nil
        }
        self.values = Tensor(values, shape: scores.shape)
    }
}

extension TargetCoefficients {
    /// -Σ T · l / D: from +0 the classes ascend inside a row, terms with T = 0 left out; then rows ascend; then one
    /// division.
    func meanLoss(_ logarithms: Tensor) -> Tensor {
        let (l, t) = (logarithms.floats, values.floats)
        var total: Float = 0
        for row in 0..<rows {
            var sum: Float = 0
            for index in row * classes..<(row + 1) * classes where t[index] != 0 { sum += t[index] * l[index] }
            total += sum
        }
        return Tensor([-total / divisor], shape: [])
    }

    /// The gradient for targets that are a distribution: -log p · slope / D.
    func targetGradient(_ logarithms: Tensor, scale: Float) -> Tensor {
        var result = logarithms.floats
        for index in result.indices { result[index] = -result[index] * slopes[index % classes] / divisor * scale }
        return Tensor(result, shape: logarithms.shape)
    }
}
