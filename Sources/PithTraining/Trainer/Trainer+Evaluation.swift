public import PithGraph
public import PithMath

extension Trainer {
    private static var evaluationBatch: Int { 250 }

    /// What the model answers to examples, in evaluation mode.
    ///
    /// - Parameters:
    ///   - examples: The examples.
    ///   - weights: One tensor per initializer, nil for the parameters as the last step left them.
    ///   - compute: Kernels and threads.
    /// - Throws: What running the graph throws; `invalidArgument` for a label that the model has no class for.
    public func evaluate(
        on examples: TrainingExamples, weights: [Tensor]? = nil, compute: Compute
    ) throws(PithError) -> Evaluation {
        try objective.check(examples)
        let variables = (weights ?? parameters).map { Variable($0) }
        let positions = Array(0..<examples.count)
        var (answers, answered, truth): ([UInt8], [Float], [Float]) = ([], [], [])
        var (loss, first) = (0.0, 0)
        while first < examples.count {
            let batch = positions[first..<min(first + Self.evaluationBatch, examples.count)]
            let tape = Tape(on: compute)
            let inputs = try examples.batch(batch, on: compute).reshaped(to: Shape([batch.count] + exampleShape))
            let value = try tape.run(
                graph, to: objective.value, inputs: [Variable(inputs)], initializers: variables)
            let rows = try tape.logProbabilities(objective, of: value).value.floats
            for (row, position) in batch.enumerated() {
                let scores = rows[(row * objective.classes)..<((row + 1) * objective.classes)]
                var best = scores.startIndex
                for index in scores.indices where scores[index] > scores[best] { best = index }
                let label = examples.labels[position]
                answers.append(UInt8(best - scores.startIndex))
                answered.append(Elementary.exp(scores[best]))
                truth.append(Elementary.exp(scores[scores.startIndex + Int(label)]))
                loss -= Double(scores[scores.startIndex + Int(label)])
            }
            first = batch.endIndex
        }
        return Evaluation(
            labels: examples.labels, answers: answers, answerProbabilities: answered, truthProbabilities: truth,
            loss: loss / Double(examples.count), classes: objective.classes)
    }

    /// The share of right answers on examples, in evaluation mode.
    ///
    /// - Throws: What `evaluate` throws.
    public func accuracy(on examples: TrainingExamples, compute: Compute) throws(PithError) -> Double {
        try evaluate(on: examples, compute: compute).accuracy
    }
}

extension ClassifierObjective {
    /// - Throws: `invalidArgument` for a label that the model has no class for.
    func check(_ examples: TrainingExamples) throws(PithError) {
        guard let label = examples.labels.max(), Int(label) < classes else {
            throw PithError(
                .invalidArgument, "label \(examples.labels.max() ?? 0), where the model has \(classes) classes")
        }
    }
}
