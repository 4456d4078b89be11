public import PithGraph
public import PithMath

/// Runs operators and remembers them, so that the gradient of a result can be computed: reverse-mode automatic
/// differentiation, defined by running.
///
///     let tape = Tape(on: .single)
///     let y = try tape.apply(.matMul, [:], [x, w])
///     let loss = try tape.softmaxCrossEntropy(logits: y, targets: t)
///     try tape.backward(from: loss)     // w.gradient
///
/// One pass forward and one back; a new pass takes a new tape.
public final class Tape {
    /// Kernels and threads, which never change a bit of a result.
    public let compute: Compute

    /// The stream that dropout draws its masks from; nil is evaluation, where dropout is the identity.
    public private(set) var dropout: RandomStream?

    /// New values of running statistics, which `BatchNormalization` gives in training, and the variables they replace.
    public private(set) var statistics: [(variable: Variable, value: Tensor)] = []

    private var records: [Record] = []

    private struct Record {
        let output: Variable.Slot
        /// Nil for an input that wants no gradient.
        let inputs: [Variable.Slot?]
        let backward: VectorJacobianProduct
    }

    /// From the gradient of an output to those of the inputs, in order; nil where there is none.
    public typealias VectorJacobianProduct = (Tensor) throws(PithError) -> [Tensor?]

    /// Creates an empty tape.
    ///
    /// - Parameters:
    ///   - compute: Kernels and threads.
    ///   - dropout: The stream of dropout's masks; nil for evaluation.
    public init(on compute: Compute, dropout: RandomStream? = nil) {
        self.compute = compute
        self.dropout = dropout
    }
}

extension Tape {
    /// Whether dropout drops and batch normalisation takes the statistics of the batch.
    public var isTraining: Bool { dropout != nil }

    func noteStatistic(_ variable: Variable?, _ value: Tensor) {
        if let variable { statistics.append((variable, value)) }
    }

    /// Applies an operator.
    ///
    /// - Parameters:
    ///   - op: The operator.
    ///   - attributes: Those that differ from the table's defaults.
    ///   - inputs: In the table's order; nil for one left out. Integers, as of `Reshape`, are int64 tensors.
    /// - Returns: The first output.
    /// - Throws: What the shape rule and `Execution.apply` throw.
    public func apply(_ op: Operator, _ attributes: Attributes, _ inputs: [Variable?]) throws(PithError) -> Variable {
        try outputs(of: op, attributes, inputs, count: 1)[0]
    }

    /// Applies an operator that has several outputs, as `Split` has.
    ///
    /// - Parameter count: How many are asked for.
    /// - Throws: As `apply`.
    public func outputs(
        of op: Operator, _ attributes: Attributes, _ inputs: [Variable?], count: Int
    ) throws(PithError) -> [Variable] {
        let attributes = try op.defaultedAttributes(attributes)
        let types = try op.outputTypes(
            inputs: inputs.map { $0.map { ValueType($0.value.elementType, $0.value.shape) } }, attributes: attributes,
            known: op.knownElements(of: inputs.map { $0?.value }), outputCount: count)
        var shapes: [Shape] = []
        for type in types { shapes.append(try type.shape()) }
        return try apply(op, defaulted: attributes, inputs, outputShapes: shapes)
    }

    func apply(
        _ op: Operator, defaulted attributes: Attributes, _ inputs: [Variable?], outputShapes: [Shape]
    ) throws(PithError) -> [Variable] {
        if op == .dropout, dropout != nil, let input = inputs[0] {
            return [droppedOut(input, ratio: inputs.count > 1 ? inputs[1]?.value.floats.first ?? 0.5 : 0.5)]
        }
        if op == .batchNormalization, isTraining { return [try batchNormalization(attributes, inputs)] }
        let application = Application(op: op, attributes: attributes, inputs: inputs)
        if op == .maxPool, outputShapes.count == 1, let input = inputs[0], input.requiresGradient,
            PlanarView.ranks.contains(input.value.shape.rank), outputShapes[0].elementCount > 0
        {
            if input.value.shape.rank == 4, try Fusion.isPoolingOfPairs(attributes) {
                return [poolPairs(input, outputShapes[0], relu: false)]
            }
            return [try maxPool(application, input.value, outputShapes[0])]
        }
        let results = try results(op, attributes, inputs.map { $0?.value }, outputShapes, relu: false)
        return results.indices.map { record(application, results[$0], at: ($0, results.count)) }
    }

    /// A product or convolution and the ReLU after it.
    func applyWithReLU(
        _ op: Operator, defaulted attributes: Attributes, _ inputs: [Variable?], outputShapes: [Shape]
    ) throws(PithError) -> Variable {
        let compute = self.compute
        let output = try results(op, attributes, inputs.map { $0?.value }, outputShapes, relu: true)[0]
        return record(Application(op: op, attributes: attributes, inputs: inputs), output) {
            Execution.reluGradient(output, $0, on: compute)
        }
    }

    private func results(
        _ op: Operator, _ attributes: Attributes, _ values: [Tensor?], _ outputShapes: [Shape], relu: Bool
    ) throws(PithError) -> [Tensor] {
        if op == .gemm, let result = try Execution.layer(attributes, values, relu: relu, on: compute) {
            return [result]
        }
        if relu {
            return [try Execution.activated(op, attributes, values, output: outputShapes[0], on: compute)]
        }
        return try Execution.apply(op, attributes, values, on: compute, outputShapes: outputShapes)
    }

    /// Max pooling of pairs and the ReLU before it, which keeps the order: the greatest is chosen first. Its gradient finds
    /// the winners again.
    func poolPairs(_ input: Variable, _ shape: Shape, relu: Bool) -> Variable {
        let (compute, x) = (self.compute, input.value)
        let output = Execution.poolPairs(x, shape, relu: relu, on: compute)
        return record(output, inputs: [input]) {
            [Execution.poolPairsGradient($0, x, relu: relu, on: compute)]
        }
    }

    /// Max pooling that keeps the winners.
    private func maxPool(
        _ application: Application, _ input: Tensor, _ shape: Shape
    ) throws(PithError) -> Variable {
        let planar = try PlanarView(
            application.op, application.attributes, kernel: application.attributes.ints(.kernelShape) ?? [],
            input: input.shape)
        let (output, winners) = try Execution.maxPool(
            planar.attributes, planar(input), planar.shape(shape), on: compute)
        return record(application, try output.reshaped(to: shape), kept: [winners])
    }

    /// An operator applied to variables.
    struct Application {
        let op: Operator
        let attributes: Attributes
        let inputs: [Variable?]
    }

    /// Records an output of an applied operator.
    ///
    /// - Parameters:
    ///   - position: Which of how many outputs it is.
    ///   - kept: What the forward pass keeps for the gradient.
    ///   - before: From the gradient of the output to that of the operator's own result.
    func record(
        _ application: Application, _ output: Tensor, at position: (index: Int, count: Int) = (0, 1),
        kept: [Tensor] = [], before: @escaping (Tensor) -> Tensor = { $0 }
    ) -> Variable {
        // Nothing flows through integers and truth values.
        guard output.elementType == .float32 else { return Variable(output) }
        let values = application.inputs.map { $0?.value }
        let needed = application.inputs.map { $0?.requiresGradient ?? false }
        let (op, attributes, compute) = (application.op, application.attributes, self.compute)
        let keptOutput = op.gradientTakesOutput ? output : nil
        return record(output, inputs: application.inputs) { (gradient: Tensor) throws(PithError) -> [Tensor?] in
            try GradientContext(
                op: op, attributes: attributes, inputs: values, keptOutput: keptOutput, outputPosition: position,
                kept: kept, gradient: before(gradient), needed: needed, compute: compute
            ).inputGradients()
        }
    }

    /// Records a value computed outside, with its own vector-Jacobian product.
    ///
    /// - Returns: The value as a variable, which requires a gradient if an input does.
    public func record(
        _ value: Tensor, inputs: [Variable?], backward: @escaping VectorJacobianProduct
    ) -> Variable {
        let isNeeded = inputs.contains { $0?.requiresGradient ?? false }
        let output = Variable(value, requiresGradient: isNeeded)
        if isNeeded {
            let slots = inputs.map { input in input.flatMap { $0.requiresGradient ? $0.slot : nil } }
            records.append(Record(output: output.slot, inputs: slots, backward: backward))
        }
        return output
    }

    private func droppedOut(_ input: Variable, ratio: Float) -> Variable {
        guard var stream = dropout, ratio > 0 else { return input }
        let (output, factors) = Execution.dropout(input.value, ratio: ratio, stream: &stream, on: compute)
        dropout = stream
        return record(output, inputs: [input]) { gradient in [zipMap(gradient, factors) { $0 * $1 }] }
    }

    /// Computes the gradients of every variable that the result was computed from and that asks for one.
    ///
    /// A variable used more than once gets the sum of its gradients, the use recorded last first. What was recorded is
    /// forgotten on the way, so that memory is free as soon as nobody else holds it.
    ///
    /// - Parameters:
    ///   - result: Usually a loss, of one element.
    ///   - seed: The gradient of the result, of its shape; nil is ones.
    /// - Throws: `unsupportedOperation` naming an operator that has no gradient; `shapeMismatch` for the seed.
    /// - Complexity: About twice the work of the forward pass.
    public func backward(from result: Variable, seed: Tensor? = nil) throws(PithError) {
        let ones = Tensor([Float](repeating: 1, count: result.value.count), shape: result.value.shape)
        let seed = seed ?? ones
        guard seed.shape == result.value.shape else {
            throw PithError(.shapeMismatch, "the result is \(result.value), its gradient \(seed)")
        }
        accumulate(seed, into: result.slot)
        while let record = records.popLast() {
            guard let gradient = record.output.gradient else { continue }
            let gradients = try record.backward(gradient)
            for (input, gradient) in zip(record.inputs, gradients) {
                guard let input, let gradient else { continue }
                accumulate(gradient, into: input)
            }
        }
    }

    private func accumulate(_ gradient: Tensor, into slot: Variable.Slot) {
        guard let sum = slot.gradient else {
            slot.gradient = gradient
            return
        }
        slot.gradient = Execution.sum(sum, gradient, on: compute)
    }
}
