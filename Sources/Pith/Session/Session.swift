public import PithGraph
public import PithMath

/// Runs a model. A session belongs to one thread at a time; make one for each.
///
///     var session = try model.makeSession()
///     let probabilities = try session.run(pixels)          // allocates the tensor that it returns
///     try session.run(pixels.span, into: &output)          // allocates nothing
///
/// The first run with inputs of certain shapes chooses kernels and lays out memory; later runs with the same shapes
/// allocate nothing but what they return, lock nothing and, on one thread, make no system call. The last
/// `Session.rememberedShapes` combinations of shapes are remembered. A model where values decide shapes, as those of a
/// `Range` or the branches of an `If` may, runs node by node instead and allocates its values.
public struct Session: Sendable {
    /// The model.
    public let model: Model

    /// The kernels and threads; neither changes a bit.
    public let compute: Compute

    /// For how many combinations of input shapes a session keeps what it worked out.
    public static let rememberedShapes = 8

    var workspace: Workspace

    init(_ model: Model, _ compute: Compute) {
        self.model = model
        self.compute = compute
        workspace = Workspace(threads: compute.pool.threads)
    }

    /// Runs a model that has one input and one output.
    ///
    /// - Parameter input: Of the type and shape that `model.inputs` says.
    /// - Returns: The output.
    /// - Throws: `shapeMismatch` or `typeMismatch` naming what was expected and what was given; `invalidArgument` for a
    ///   model with several inputs or outputs.
    public mutating func run(_ input: Tensor) throws(PithError) -> Tensor {
        guard model.graph.inputs.count == 1, model.graph.outputs.count == 1 else { throw countError }
        return try run([input])[0]
    }

    /// Runs the model.
    ///
    /// - Parameter inputs: In the order of `model.inputs`; read where they are.
    /// - Returns: The outputs in the order of `model.outputs`.
    /// - Throws: `shapeMismatch` or `typeMismatch` naming what was expected and what was given, errors of operators
    ///   located at their node.
    public mutating func run(_ inputs: [Tensor]) throws(PithError) -> [Tensor] {
        guard let plan = try bind(inputs) else { return try OpenRun(model, on: compute).outputs(for: inputs) }
        var outputs = try emptyOutputs(plan)
        point(plan, inputs, &outputs)
        try plan.run(model, on: compute)
        withExtendedLifetime(inputs) {}
        return outputs
    }

    /// Runs the model and writes the outputs over tensors that the caller has.
    ///
    /// - Parameters:
    ///   - inputs: In the order of `model.inputs`; read where they are.
    ///   - outputs: One per output of the model, of its type and shape; memory that no other tensor shares is written
    ///     in place.
    /// - Throws: As `run(_:)`, and `shapeMismatch` or `typeMismatch` for an output.
    public mutating func run(_ inputs: [Tensor], into outputs: inout [Tensor]) throws(PithError) {
        guard outputs.count == model.graph.outputs.count else {
            throw PithError(.shapeMismatch, "expected \(model.graph.outputs.count) outputs, given \(outputs.count)")
        }
        guard let plan = try bind(inputs) else {
            let computed = try OpenRun(model, on: compute).outputs(for: inputs)
            for index in outputs.indices { try check(outputs[index], index, computed[index].shape) }
            return outputs = computed
        }
        for (index, id) in model.graph.outputs.enumerated() { try check(outputs[index], index, plan.shape(of: id)) }
        point(plan, inputs, &outputs)
        try plan.run(model, on: compute)
        withExtendedLifetime(inputs) {}
    }

    /// Whether a tensor can take an output.
    private func check(_ tensor: Tensor, _ output: Int, _ shape: Shape) throws(PithError) {
        let value = model.graph[model.graph.outputs[output]]
        let code: PithError.Code? =
            tensor.elementType != value.type.elementType ? .typeMismatch : tensor.shape != shape ? .shapeMismatch : nil
        if let code {
            throw PithError(
                code, "expected \(value.type.elementType.shortName) \(shape), given \(tensor)",
                at: .tensor(value.name))
        }
    }

    var countError: PithError {
        PithError(
            .invalidArgument,
            "the model has \(model.graph.inputs.count) inputs and \(model.graph.outputs.count) outputs",
            advice: "call run with an array")
    }

    func emptyOutputs(_ plan: ResidentPlan) throws(PithError) -> [Tensor] {
        var outputs: [Tensor] = []
        for id in model.graph.outputs {
            let (type, shape) = (model.graph[id].type.elementType, plan.shape(of: id))
            try TensorStorage.checkRoom(for: shape.elementCount * type.byteCount)
            outputs.append(Tensor(uninitialized: type, shape))
        }
        return outputs
    }

    /// Says where inputs and outputs are; they must outlive the run.
    func point(_ plan: ResidentPlan, _ inputs: [Tensor], _ outputs: inout [Tensor]) {
        for (index, input) in inputs.enumerated() {
            unsafe input.withBytePointer { unsafe plan.setInput(index, to: $0) }
        }
        for index in outputs.indices {
            unsafe outputs[index].withMutableBytePointer { unsafe plan.setOutput(index, to: $0) }
        }
    }

    /// The plan for some inputs, nil where values decide shapes.
    mutating func bind(_ inputs: [Tensor]) throws(PithError) -> ResidentPlan? {
        guard inputs.count == model.graph.inputs.count else {
            throw PithError(.shapeMismatch, "expected \(model.graph.inputs.count) inputs, given \(inputs.count)")
        }
        for (id, input) in zip(model.graph.inputs, inputs) {
            let value = model.graph[id]
            guard value.type.elementType == input.elementType else {
                throw PithError(.typeMismatch, "expected \(value.type), given \(input)", at: .tensor(value.name))
            }
        }
        makeWorkspaceUnique()
        return try workspace.plan(for: model, matching: { $0 == inputs[$1].shape }, shapes: { inputs.map { $0.shape } })
    }

    /// Copies of a session share no memory that they write to.
    mutating func makeWorkspaceUnique() {
        if !isKnownUniquelyReferenced(&workspace) { workspace = Workspace(threads: compute.pool.threads) }
    }
}
