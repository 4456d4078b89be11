import CPithKernels
import PithGraph

/// A tensor with a border of one value, or without its own: operands the tensor, the pads, the value if there is one,
/// which may be empty, the axes, and the output. Of any element type.
package struct PaddingKernel: Sendable {
    /// Over the elements that stay.
    private let loops: pith_loops
    private let isEmpty: Bool
    private let elements: Int
    private let elementBytes: Int
    /// Where the first element that stays is in the input, and in the output.
    private let from: Int
    private let to: Int
    private let value: Int?
    private let output: Int

    init?(
        _ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape
    ) throws(PithError) {
        guard let input = inputs[0], try attributes.string(.mode) == "constant",
            let before = KernelOperand.known(
                { context throws(PithError) in
                    try op.padsBefore(context, rank: output.rank)
                }, attributes, inputs)
        else { return nil }
        var (extents, from, to) = ([Int](), 0, 0)
        for axis in 0..<output.rank {
            let first = max(0, -before[axis])
            extents.append(max(0, min(input.shape[axis], output[axis] - before[axis]) - first))
            from += first * input.shape.strides[axis]
            to += (first + before[axis]) * output.strides[axis]
        }
        guard let loops = pith_loops(extents, input.shape.strides, output.strides) else { return nil }
        self.loops = loops
        (self.from, self.to) = (from, to)
        isEmpty = extents.contains(0)
        elements = output.elementCount
        elementBytes = input.elementType.byteCount
        value = inputs.count > 2 && (inputs[2]?.shape.elementCount ?? 0) > 0 ? 2 : nil
        self.output = inputs.count
    }

    func run(_ memory: KernelMemory) {
        let result = unsafe memory.bytes(output)
        if let value {
            unsafe pith_fill(result, memory.bytes(value), elementBytes, elements)
        } else {
            var zero: UInt64 = 0
            unsafe pith_fill(result, &zero, elementBytes, elements)
        }
        guard !isEmpty else { return }
        var loops = loops
        unsafe pith_copy(
            result + to * elementBytes, memory.bytes(0) + from * elementBytes, elementBytes, &loops, 0,
            pith_loops_rounds(&loops))
    }
}
