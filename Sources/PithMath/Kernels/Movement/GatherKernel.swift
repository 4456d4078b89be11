import CPithKernels
import PithGraph

/// Slices of a tensor by their numbers along an axis: operands the tensor, the numbers, and the output. Of any element type.
package struct GatherKernel: Sendable {
    private let blocks: Int
    private let extent: Int
    private let count: Int
    private let sliceBytes: Int
    private let numberBytes: Int

    init?(_ attributes: Attributes, _ inputs: [KernelOperand?]) throws(PithError) {
        guard let data = inputs[0], inputs.count == 2, let numbers = inputs[1], data.shape.elementCount > 0
        else { return nil }
        let rows = AxisRows(data.shape, axis: try attributes.int(.axis))
        blocks = rows.count / rows.stride
        extent = rows.length
        count = numbers.shape.elementCount
        sliceBytes = rows.stride * data.elementType.byteCount
        numberBytes = numbers.elementType.byteCount
    }

    /// - Throws: `invalidArgument` for a number that is out of range.
    func run(_ memory: KernelMemory) throws(PithError) {
        for block in 0..<blocks {
            let failed = unsafe pith_gather(
                memory.bytes(2) + block * count * sliceBytes, memory.bytes(0) + block * extent * sliceBytes, sliceBytes,
                extent, memory.bytes(1), numberBytes, count)
            guard failed >= 0 else { continue }
            let numbers = unsafe memory.bytes(1)
            let number =
                numberBytes == MemoryLayout<Int64>.size
                ? unsafe numbers.assumingMemoryBound(to: Int64.self)[failed]
                : Int64(unsafe numbers.assumingMemoryBound(to: Int32.self)[failed])
            throw PithError(.invalidArgument, "index \(number) is out of range for an extent of \(extent)")
        }
    }
}
