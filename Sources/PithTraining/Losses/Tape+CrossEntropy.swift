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
    ///   - targets: A distribution per row, or class indices.
    ///   - options: Class weights, smoothing, the index that does not count.
    /// - Returns: One element.
    /// - Throws: `shapeMismatch`, `invalidArgument`.
    public func crossEntropy(
        probabilities: Variable, targets: ClassTargets, options: CrossEntropyOptions = CrossEntropyOptions()
    ) throws(PithError) -> Variable {
        let t = try TargetCoefficients(targets, for: probabilities.value, options)
        let p = map(probabilities.value) { max($0, .leastNormalMagnitude) }
        let logarithms = map(p) { Elementary.log($0) }
        return record(t.meanLoss(logarithms), inputs: [probabilities, t.variable]) { gradient in
            let scale = gradient.floats[0]
            return [
                zipMap(p, t.values) { $1 == 0 ? 0 : -($1 / $0) / t.divisor * scale },
                t.variable == nil ? nil : t.targetGradient(logarithms, scale: scale),
            ]
        }
    }

    /// Softmax and cross-entropy in one node, by way of log-softmax: the mean over rows of -Σ t log softmax(x), on
    /// logits. ONNX's name is `SoftmaxCrossEntropyLoss`.
    ///
    /// The gradients are (softmax · Σt - t) / N for the logits and -log softmax / N for the targets; a term with t = 0
    /// is 0 even where the logit is -inf. Sums start at +0; classes ascend inside a row, then rows.
    ///
    /// - Parameters:
    ///   - logits: [rows, classes], before any softmax.
    ///   - targets: A distribution per row, or class indices.
    ///   - options: Class weights, smoothing, the index that does not count.
    /// - Returns: One element.
    /// - Throws: `shapeMismatch`, `invalidArgument`.
    public func softmaxCrossEntropy(
        logits: Variable, targets: ClassTargets, options: CrossEntropyOptions = CrossEntropyOptions()
    ) throws(PithError) -> Variable {
        let t = try TargetCoefficients(targets, for: logits.value, options)
        let (x, compute) = (logits.value, self.compute)
        let logarithms = try Execution.apply(.logSoftmax, [.axis: -1], [x], on: compute, outputShapes: [x.shape])[0]
        return record(t.meanLoss(logarithms), inputs: [logits, t.variable]) {
            (gradient: Tensor) throws(PithError) -> [Tensor?] in
            let scale = gradient.floats[0]
            let softmax = try Execution.apply(.softmax, [.axis: -1], [x], on: compute, outputShapes: [x.shape])[0]
            let (s, coefficients) = (softmax.floats, t.values.floats)
            var result = [Float](repeating: 0, count: s.count)
            for row in 0..<t.rows {
                let range = row * t.classes..<(row + 1) * t.classes
                var sum: Float = 0
                for index in range { sum += coefficients[index] }
                guard sum != 0 || range.contains(where: { coefficients[$0] != 0 }) else { continue }
                for index in range { result[index] = (s[index] * sum - coefficients[index]) / t.divisor * scale }
            }
            return [
                Tensor(result, shape: x.shape),
                t.variable == nil ? nil : t.targetGradient(logarithms, scale: scale),
            ]
        }
    }

    /// The negative log-likelihood: the mean over rows of -Σ t l, on log-probabilities.
    ///
    /// - Parameters:
    ///   - logProbabilities: [rows, classes], as `LogSoftmax` gives them.
    ///   - targets: A distribution per row, or class indices.
    ///   - options: Class weights, smoothing, the index that does not count.
    /// - Returns: One element.
    /// - Throws: `shapeMismatch`, `invalidArgument`.
    public func negativeLogLikelihood(
        logProbabilities: Variable, targets: ClassTargets, options: CrossEntropyOptions = CrossEntropyOptions()
    ) throws(PithError) -> Variable {
        let t = try TargetCoefficients(targets, for: logProbabilities.value, options)
        let l = logProbabilities.value
        return record(t.meanLoss(l), inputs: [logProbabilities, t.variable]) { gradient in
            let scale = gradient.floats[0]
            return [
                map(t.values) { -$0 / t.divisor * scale },
                t.variable == nil ? nil : t.targetGradient(l, scale: scale),
            ]
        }
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
