public import PithGraph

/// Runs operators on tensors: the one way in which runtime and trainer compute, with a fast kernel where there is one
/// and the scalar reference elsewhere. Both give the same bits.
public enum Execution {
    /// Applies an operator.
    ///
    /// - Parameters:
    ///   - op: The operator.
    ///   - attributes: With the table's defaults added.
    ///   - inputs: In the table's order; nil for one left out.
    ///   - compute: Kernels and threads.
    ///   - packed: The second input of `Gemm` or `MatMul`, packed beforehand.
    ///   - outputShapes: As the shape rule gives them for these inputs.
    /// - Throws: `typeMismatch`, `unsupportedOperation`, `invalidAttribute`.
    public static func apply(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], on compute: Compute,
        packed: PackedMatrix? = nil, outputShapes: [Shape]
    ) throws(PithError) -> [Tensor] {
        if outputShapes.count == 1, packed == nil, let input = inputs.first ?? nil,
            [.identity, .flatten, .reshape].contains(op)
        {
            return [try input.reshaped(to: outputShapes[0])]
        }
        if packed != nil, outputShapes[0].elementCount == 0 { return [Tensor(zeros: outputShapes[0])] }
        if let results = try kernel(op, attributes, inputs, packed, outputShapes, compute) { return results }
        let isFloat = inputs.allSatisfy { $0?.elementType ?? .float32 == .float32 }
        if op == .gemm, isFloat, let result = try scaledGemm(attributes, inputs, packed, outputShapes[0], compute) {
            return [result]
        }
        return try reference(op, attributes, inputs, outputShapes)
    }

    /// Applies an operator and what is fused to it.
    ///
    /// - Parameters:
    ///   - inputs: In the table's order. A `MatMul` may have a third, a bias per column.
    ///   - packed: The second input of `Gemm` or `MatMul`, when it is packed.
    ///   - output: The shape of the only output, after everything.
    /// - Throws: `unsupportedOperation` when no kernel does it, `invalidAttribute`.
    package static func fused(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], packed: PackedMatrix?, _ fusion: Fusion,
        output: Shape, on compute: Compute
    ) throws(PithError) -> Tensor {
        guard output.elementCount > 0 else { return Tensor(zeros: output) }
        guard let results = try kernel(op, attributes, inputs, packed, [output], compute, fusion: fusion) else {
            throw PithError(.unsupportedOperation, "no kernel computes what was fused")
        }
        return results[0]
    }

    /// An operator by the scalar reference alone.
    package static func reference(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], _ outputShapes: [Shape]
    ) throws(PithError) -> [Tensor] {
        try Reference.apply(op, attributes, inputs, outputCount: outputShapes.count)
    }

    /// The results by a kernel, or nil when there is none for these operands.
    static func kernel(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], _ packed: PackedMatrix?, _ shapes: [Shape],
        _ compute: Compute, fusion: Fusion = Fusion()
    ) throws(PithError) -> [Tensor]? {
        var inputs = inputs
        var operands = zip(inputs, op.knownElements(of: inputs)).map { input, known in
            input.map { KernelOperand(elementType: $0.elementType, shape: $0.shape, known: known) }
        }
        if let packed {
            inputs[1] = packed.panels
            operands[1] = packed.operand(transposed: op == .gemm ? try attributes.flag(.transB) : false)
        }
        guard let kernel = try Kernel(op, attributes, operands, outputs: shapes, fusion: fusion) else { return nil }
        let results = shapes.map { Tensor(uninitialized: kernel.outputType(operands), $0) }
        let scratchBytes = kernel.scratchBytes * compute.pool.threads
        try TensorStorage.checkRoom(for: scratchBytes)
        let scratch = TensorStorage(byteCount: scratchBytes, zeroed: false)
        try unsafe withOperands(inputs + results.map { Optional($0) }) { pointers throws(PithError) in
            try unsafe kernel.run(KernelMemory(operands: pointers, scratch: scratch.pointer), on: compute)
        }
        return results
    }

    /// The memory of the inputs, then of the results, which nothing else holds yet.
    private static func withOperands(
        _ operands: [Tensor?],
        _ body: (UnsafePointer<UnsafeMutableRawPointer?>) throws(PithError) -> Void
    ) throws(PithError) {
        try unsafe withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: operands.count) {
            pointers throws(PithError) in
            for (index, operand) in operands.enumerated() {
                unsafe pointers.initializeElement(at: index, to: operand?.storage.pointer)
            }
            guard let base = pointers.baseAddress else { return }
            try withExtendedLifetime(operands) { () throws(PithError) in try unsafe body(base) }
        }
    }
}
