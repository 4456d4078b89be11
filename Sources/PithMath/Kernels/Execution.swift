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
    /// - Throws: `typeMismatch` for numbers that are not float32, `unsupportedOperation`, `invalidAttribute`.
    public static func apply(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], on compute: Compute,
        packed: PackedMatrix? = nil, outputShapes: [Shape]
    ) throws(PithError) -> [Tensor] {
        switch op {
        case .constant:
            guard case .ints(let integers) = attributes[.valueInts] else { break }
            return [Tensor(integers: integers, shape: outputShapes[0])]
        case .identity, .dropout, .flatten, .reshape:
            guard let input = inputs.first ?? nil else { break }
            return [try input.reshaped(to: outputShapes[0])]
        default: break
        }
        for case let input? in inputs where input.elementType != .float32 {
            throw PithError(.typeMismatch, "\(op.name) computes with f32, given \(input)")
        }
        if outputShapes[0].elementCount == 0 { return [Tensor(zeros: outputShapes[0])] }
        if let result = try fast(op, attributes, inputs, compute, packed, outputShapes[0]) { return [result] }
        return try reference(op, attributes, inputs, outputShapes)
    }

    /// The same by the scalar reference alone.
    package static func reference(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], _ outputShapes: [Shape]
    ) throws(PithError) -> [Tensor] {
        let operands = inputs.map { input in
            input.flatMap { $0.elementType == .float32 ? ReferenceTensor<Float>($0.floats, shape: $0.shape) : nil }
        }
        return try Reference.apply(op, attributes, operands, outputShapes: outputShapes).map { result in
            Tensor(result.elements, shape: result.shape)
        }
    }

    private static func fast(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], _ compute: Compute, _ packed: PackedMatrix?,
        _ shape: Shape
    ) throws(PithError) -> Tensor? {
        guard let first = inputs.first ?? nil else { return nil }
        switch op {
        case .gemm:
            return try gemm(attributes, inputs, compute, packed, shape)
        case .matMul:
            var prepared = packed
            if prepared == nil, let right = inputs[1], right.shape.rank == 2 {
                prepared = PackedMatrix(packing: right, transposed: false)
            }
            guard let matrix = prepared else { return nil }
            let rows = shape.elementCount / matrix.n
            let left = MatrixView(first, rows: rows, columns: matrix.k, transposed: false)
            return product(left, matrix, shape: shape, on: compute)
        case .conv:
            guard let weight = inputs[1] else { return nil }
            return try convolution(
                attributes, first, weight, bias: inputs.count > 2 ? inputs[2] : nil, shape, on: compute)
        case .maxPool: return try maxPool(attributes, first, shape, on: compute).output
        case .relu: return relu(first, on: compute)
        case .add, .sub, .mul:
            guard let second = inputs[1] else { return nil }
            return elementwise(op, first, second, shape, on: compute)
        default: return nil
        }
    }
}
