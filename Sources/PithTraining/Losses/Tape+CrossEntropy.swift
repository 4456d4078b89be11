public import PithGraph
public import PithMath

extension Tape {
    /// Cross-entropy as a node of its own: the mean over rows of -Σ t log p, on probabilities.
    ///
    /// p is clamped at the least normal float32, in the value and in both gradients; a term with t = 0 is 0. The
    /// gradients are -t/p / N for the probabilities and -log p / N for the targets. Sums start at +0; classes ascend
    /// inside a row, then rows.
    ///
    /// - Parameters:
    ///   - probabilities: [rows, classes], as `Softmax` gives them.
    ///   - targets: A distribution per row, of the same shape.
    /// - Returns: One element.
    /// - Throws: `shapeMismatch`.
    public func crossEntropy(probabilities: Variable, targets: Variable) throws(PithError) -> Variable {
        let (rows, _) = try Self.checkLoss(probabilities, targets)
        let (p, t) = (map(probabilities.value) { max($0, .leastNormalMagnitude) }, targets.value)
        let logarithms = map(p) { Elementary.log($0) }
        return record(Self.meanLoss(logarithms, t, rows), inputs: [probabilities, targets]) { gradient in
            let scale = gradient.floats[0]
            return [
                zipMap(p, t) { -($1 / $0) / rows * scale },
                map(logarithms) { -$0 / rows * scale },
            ]
        }
    }

    /// Softmax and cross-entropy in one node: the mean over rows of -Σ t log softmax(x), on logits.
    ///
    /// The gradients are (softmax · Σt - t) / N for the logits and -log softmax / N for the targets; a term with t = 0
    /// is 0 even where the logit is -inf. Sums start at +0; classes ascend inside a row, then rows.
    ///
    /// - Parameters:
    ///   - logits: [rows, classes], before any softmax.
    ///   - targets: A distribution per row, of the same shape.
    /// - Returns: One element.
    /// - Throws: `shapeMismatch`.
    public func softmaxCrossEntropy(logits: Variable, targets: Variable) throws(PithError) -> Variable {
        let (rows, classes) = try Self.checkLoss(logits, targets)
        let (x, t) = (logits.value, targets.value)
        let logarithms = try Execution.apply(.logSoftmax, [.axis: -1], [x], on: compute, outputShapes: [x.shape])[0]
        let compute = self.compute
        return record(Self.meanLoss(logarithms, t, rows), inputs: [logits, targets]) {
            (gradient: Tensor) throws(PithError) -> [Tensor?] in
            let scale = gradient.floats[0]
            let softmax = try Execution.apply(.softmax, [.axis: -1], [x], on: compute, outputShapes: [x.shape])[0]
            let (s, t) = (softmax.floats, t.floats)
            var result = [Float](repeating: 0, count: s.count)
            for row in 0..<Int(rows) {
                let range = row * classes..<(row + 1) * classes
                var sum: Float = 0
                for index in range { sum += t[index] }
                for index in range { result[index] = (s[index] * sum - t[index]) / rows * scale }
            }
            return [Tensor(result, shape: x.shape), map(logarithms) { -$0 / rows * scale }]
        }
    }

    /// The negative log-likelihood: the mean over rows of -Σ t l, on log-probabilities.
    ///
    /// - Parameters:
    ///   - logProbabilities: [rows, classes], as `LogSoftmax` gives them.
    ///   - targets: A distribution per row, of the same shape.
    /// - Returns: One element.
    /// - Throws: `shapeMismatch`.
    public func negativeLogLikelihood(logProbabilities: Variable, targets: Variable) throws(PithError) -> Variable {
        let (rows, _) = try Self.checkLoss(logProbabilities, targets)
        let (l, t) = (logProbabilities.value, targets.value)
        return record(Self.meanLoss(l, t, rows), inputs: [logProbabilities, targets]) { gradient in
            let scale = gradient.floats[0]
            return [map(t) { -$0 / rows * scale }, map(l) { -$0 / rows * scale }]
        }
    }

    private static func checkLoss(_ x: Variable, _ t: Variable) throws(PithError) -> (rows: Float, classes: Int) {
        guard x.value.shape.rank == 2, x.value.shape == t.value.shape, x.value.count > 0 else {
            throw PithError(
                .shapeMismatch,
                "expected [rows, classes] and targets of the same shape, given \(x.value) and \(t.value)")
        }
        return (Float(x.value.shape[0]), x.value.shape[1])
    }

    private static func meanLoss(_ logarithms: Tensor, _ targets: Tensor, _ rows: Float) -> Tensor {
        let (l, t) = (logarithms.floats, targets.floats)
        let classes = l.count / Int(rows)
        var total: Float = 0
        for row in 0..<Int(rows) {
            var sum: Float = 0
            for index in row * classes..<(row + 1) * classes where t[index] != 0 { sum += t[index] * l[index] }
            total += sum
        }
        return Tensor([-total / rows], shape: [])
    }
}

extension Tensor {
    /// A row per label that is 1 at the label and 0 elsewhere.
    ///
    /// - Throws: `invalidArgument` for a label that is not below `classes`.
    public static func oneHot(_ labels: [UInt8], classes: Int) throws(PithError) -> Tensor {
        var floats = [Float](repeating: 0, count: labels.count * classes)
        for (row, label) in labels.enumerated() {
            guard Int(label) < classes else {
                throw PithError(.invalidArgument, "label \(label), where there are \(classes) classes")
            }
            floats[row * classes + Int(label)] = 1
        }
        return Tensor(floats, shape: [labels.count, classes])
    }
}
