public import PithGraph
import PithMath

extension Session {
    /// Runs a model that has one input and one output, both of floats, in the caller's memory.
    ///
    /// Where the model leaves one extent of its input open, as a batch, it is worked out from the count of floats. After
    /// the first run of a count this allocates nothing, locks nothing and, on one thread, makes no system call.
    ///
    /// - Parameters:
    ///   - input: The elements in row-major order.
    ///   - output: As many elements as the output has; all are written. Must not overlap the input.
    /// - Throws: `shapeMismatch` naming how many elements were expected and given; `typeMismatch` or `invalidArgument`
    ///   for a model of another kind, which `run(_:)` with tensors may run.
    public mutating func run(_ input: Span<Float>, into output: inout MutableSpan<Float>) throws(PithError) {
        guard model.graph.inputs.count == 1, model.graph.outputs.count == 1 else { throw countError }
        let type = model.graph[model.graph.inputs[0]].type
        let result = model.graph[model.graph.outputs[0]].type
        guard type.elementType == .float32, result.elementType == .float32 else {
            throw PithError(.typeMismatch, "the model takes \(type) and gives \(result), not floats")
        }
        let count = input.count
        makeWorkspaceUnique()
        let plan = try workspace.plan(
            for: model, matching: { shape, _ in shape.elementCount == count },
            shapes: { () throws(PithError) in [try Self.shape(of: type, count: count)] })
        guard let plan else {
            let values = (0..<count).map { input[$0] }
            let floats = try run(Tensor(values, shape: Self.shape(of: type, count: count))).floats
            try Self.check(room: output.count, for: floats.count)
            for index in floats.indices { output[index] = floats[index] }
            return
        }
        try Self.check(room: output.count, for: plan.shape(of: model.graph.outputs[0]).elementCount)
        try unsafe input.withUnsafeBytes { source throws(PithError) in
            try unsafe output.withUnsafeMutableBytes { target throws(PithError) in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                unsafe plan.setInput(0, to: source)
                unsafe plan.setOutput(0, to: target)
                try plan.run(model, on: compute)
            }
        }
    }

    private static func check(room: Int, for count: Int) throws(PithError) {
        guard room == count else {
            throw PithError(.shapeMismatch, "the output has \(count) elements, given room for \(room)")
        }
    }

    /// The shape of a type with so many elements, when at most one extent is open.
    private static func shape(of type: ValueType, count: Int) throws(PithError) -> Shape {
        var fixed = 1
        var open = 0
        for dimension in type.dimensions {
            guard let extent = dimension.extent else {
                open += 1
                continue
            }
            (fixed, _) = fixed.multipliedReportingOverflow(by: extent)
        }
        guard open <= 1 else {
            throw PithError(
                .invalidArgument, "\(type) leaves \(open) extents open", advice: "run the model on a tensor")
        }
        guard fixed > 0, count % fixed == 0, open == 1 || count == fixed else {
            throw PithError(.shapeMismatch, "expected \(type), given \(count) elements")
        }
        return try Shape(checking: type.dimensions.map { $0.extent ?? count / fixed })
    }
}
