import CPithKernels
import PithGraph

/// A tensor cut along an axis: operands the input, perhaps the lengths, and the outputs, at most eight. Of any element type.
package struct SplitKernel: Sendable {
    /// How many blocks the input is cut into, each of a part of every output, one after another.
    private let blocks: Int
    /// Bytes of a block of each output.
    private let bytes: SIMD8<Int>
    private let outputs: Int
    private let firstOutput: Int

    init?(_ attributes: Attributes, _ inputs: [KernelOperand?], outputs: [Shape]) throws(PithError) {
        guard outputs.count <= SIMD8<Int>.scalarCount, let input = inputs[0], input.shape.elementCount > 0
        else { return nil }
        let rows = AxisRows(input.shape, axis: try attributes.int(.axis))
        blocks = rows.count / rows.stride
        var bytes = SIMD8<Int>()
        for (index, output) in outputs.enumerated() {
            bytes[index] = output.elementCount / blocks * input.elementType.byteCount
        }
        self.bytes = bytes
        self.outputs = outputs.count
        firstOutput = inputs.count
    }

    func run(_ memory: KernelMemory) {
        let total = bytes.wrappedSum()
        var first = 0
        for index in 0..<outputs where bytes[index] > 0 {
            var loops = pith_loops()
            _ = unsafe pith_loops_add(&loops, blocks, total, bytes[index])
            _ = unsafe pith_loops_add(&loops, bytes[index], 1, 1)
            unsafe pith_copy(
                memory.bytes(firstOutput + index), memory.bytes(0) + first, 1, &loops, 0, pith_loops_rounds(&loops))
            first += bytes[index]
        }
    }
}
