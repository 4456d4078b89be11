import CPithKernels
import PithGraph

/// Tensors joined along an axis: operands the inputs, at most eight, and the output. Of any element type.
package struct ConcatenationKernel: Sendable {
    /// How many blocks each input is cut into, one after another in the output.
    private let blocks: Int
    /// Bytes of a block of each input.
    private let bytes: SIMD8<Int>
    private let inputs: Int

    init?(_ attributes: Attributes, _ inputs: [KernelOperand?], output: Shape) throws(PithError) {
        guard inputs.count <= SIMD8<Int>.scalarCount else { return nil }
        let rows = AxisRows(output, axis: try attributes.int(.axis))
        blocks = rows.count / rows.stride
        var bytes = SIMD8<Int>()
        for (index, input) in inputs.enumerated() {
            guard let input else { return nil }
            bytes[index] = input.shape.elementCount / blocks * input.elementType.byteCount
        }
        self.bytes = bytes
        self.inputs = inputs.count
    }

    func run(_ memory: KernelMemory) {
        let total = bytes.wrappedSum()
        var first = 0
        for index in 0..<inputs where bytes[index] > 0 {
            var loops = pith_loops()
            _ = unsafe pith_loops_add(&loops, blocks, bytes[index], total)
            _ = unsafe pith_loops_add(&loops, bytes[index], 1, 1)
            unsafe pith_copy(
                memory.bytes(inputs) + first, memory.bytes(index), 1, &loops, 0, pith_loops_rounds(&loops))
            first += bytes[index]
        }
    }
}
