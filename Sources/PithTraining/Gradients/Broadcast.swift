import PithGraph
import PithMath

/// NumPy's broadcasting, forward and back.
enum Broadcast {
    /// For each element of `target` in row-major order, the element of `shape` that stretches to it.
    private static func offsets(of shape: Shape, in target: Shape) -> [Int] {
        let missing = target.rank - shape.rank
        var strides = [Int](repeating: 0, count: target.rank)
        for axis in 0..<shape.rank where shape[axis] != 1 { strides[axis + missing] = shape.strides[axis] }
        var result = [0]
        for axis in 0..<target.rank {
            var next: [Int] = []
            next.reserveCapacity(result.count * target[axis])
            for base in result {
                for index in 0..<target[axis] { next.append(base + index * strides[axis]) }
            }
            result = next
        }
        return result
    }

    static func expanded(_ tensor: Tensor, to target: Shape) -> Tensor {
        guard tensor.shape != target else { return tensor }
        let source = tensor.floats
        return Tensor(offsets(of: tensor.shape, in: target).map { source[$0] }, shape: target)
    }

    /// Sums to a shape that broadcasts to the tensor's: each sum starts at +0 and takes its elements in ascending
    /// row-major order, so that a bias sums over rows in ascending order.
    static func summed(_ tensor: Tensor, to shape: Shape, on compute: Compute) -> Tensor {
        guard tensor.shape != shape else { return tensor }
        let count = shape.elementCount
        if count > 0, shape.dimensions.last == count, tensor.shape.dimensions.last == count {
            return Execution.summedRows(tensor, count: count, shape: shape, on: compute)
        }
        let source = tensor.floats
        var sums = [Float](repeating: 0, count: count)
        for (index, offset) in offsets(of: shape, in: tensor.shape).enumerated() { sums[offset] += source[index] }
        return Tensor(sums, shape: shape)
    }
}
