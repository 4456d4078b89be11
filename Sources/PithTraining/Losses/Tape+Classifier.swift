public import PithGraph
public import PithMath

extension ClassifierObjective {
    /// Logits or log-probabilities, [rows, classes], from the value that the loss takes.
    ///
    /// - Throws: `shapeMismatch`.
    func scores(of value: Tensor, on compute: Compute) throws(PithError) -> Tensor {
        try value.shape.rank == 2 ? value : Tape(on: compute).logProbabilities(self, of: Variable(value)).value
    }
}

extension Tape {
    /// The loss of a classifier at the value that its objective names; of several members, the mean of theirs.
    ///
    /// - Throws: `shapeMismatch`, `invalidArgument`.
    public func loss(
        _ objective: ClassifierObjective, of value: Variable, targets: ClassTargets,
        options: CrossEntropyOptions = CrossEntropyOptions()
    ) throws(PithError) -> Variable {
        switch objective.loss {
        case .softmaxCrossEntropy:
            try softmaxCrossEntropy(
                logits: memberRows(of: value), targets: repeated(targets, objective.members), options: options)
        case .negativeLogLikelihood:
            try negativeLogLikelihood(logProbabilities: value, targets: targets, options: options)
        }
    }

    /// share · T² · cross-entropy(softmax(teacher / T), softmax(scores / T)) + (1 - share) · the classifier's own loss.
    ///
    /// - Parameters:
    ///   - scores: The value that the objective names.
    ///   - teacher: The teacher's logits or log-probabilities, [rows, classes].
    ///   - targets: The true classes.
    ///   - distillation: Share and temperature.
    ///   - objective: Which the classifier's own loss is.
    ///   - options: How that weighs its terms.
    /// - Returns: One element.
    /// - Throws: `shapeMismatch`, `invalidArgument`.
    public func loss(
        of scores: Variable, teacher: Tensor, targets: ClassTargets, _ distillation: Distillation,
        _ objective: ClassifierObjective, options: CrossEntropyOptions = CrossEntropyOptions()
    ) throws(PithError) -> Variable {
        let inverse = constant(1 / distillation.temperature)
        let cooled = try apply(.mul, [:], [Variable(teacher), inverse])
        let answers = ClassTargets.distribution(try apply(.softmax, [.axis: -1], [cooled]))
        let soft = try softmaxCrossEntropy(
            logits: try apply(.mul, [:], [memberRows(of: scores), inverse]),
            targets: repeated(answers, objective.members))
        let square = distillation.temperature * distillation.temperature
        let weighted = try apply(.mul, [:], [soft, constant(distillation.share * square)])
        guard distillation.share < 1 else { return weighted }
        let hard = try loss(objective, of: scores, targets: targets, options: options)
        return try apply(.add, [:], [weighted, try apply(.mul, [:], [hard, constant(1 - distillation.share)])])
    }

    /// The logarithms of a classifier's answers, [rows, classes], from the value that its objective names.
    ///
    /// - Throws: `shapeMismatch`.
    func logProbabilities(_ objective: ClassifierObjective, of value: Variable) throws(PithError) -> Variable {
        switch objective.loss {
        case .negativeLogLikelihood: return value
        case .softmaxCrossEntropy where value.value.shape.rank == 3:
            let members = try apply(.softmax, [.axis: -1], [value])
            let mean = try apply(.reduceMean, [.keepDims: 0], [members, integers([1])])
            return try apply(.log, [:], [mean])
        case .softmaxCrossEntropy: return try apply(.logSoftmax, [.axis: -1], [value])
        }
    }

    /// [rows, members, classes] as [rows · members, classes]; what has two dimensions as it is.
    private func memberRows(of value: Variable) throws(PithError) -> Variable {
        let shape = value.value.shape
        guard shape.rank == 3 else { return value }
        return try apply(.reshape, [:], [value, integers([-1, shape[2]])])
    }

    /// Each row so many times, one after another.
    private func repeated(_ targets: ClassTargets, _ times: Int) throws(PithError) -> ClassTargets {
        guard times > 1 else { return targets }
        switch targets {
        case .indices(let indices):
            return .indices(indices.flatMap { [Int](repeating: $0, count: times) })
        case .distribution(let rows):
            let ones = Variable(Tensor([Float](repeating: 1, count: times), shape: [1, times, 1]))
            let apart = try apply(.reshape, [:], [rows, integers([0, 1, -1])])
            return .distribution(try memberRows(of: apply(.mul, [:], [apart, ones])))
        }
    }

    private func constant(_ value: Double) -> Variable { Variable(Tensor([Float(value)], shape: [])) }

    private func integers(_ values: [Int]) -> Variable {
        Variable(Tensor(integers: values.map { Int64($0) }, shape: [values.count]))
    }
}
