public import PithMath

/// Adds what blocks of a batch gave. Whoever computes blocks, in this process or in another, adds them by this.
public enum BlockReduction {
    /// The sums in a fixed tree: at each level block i takes in block i + d, for i a multiple of 2d, with d = 1, 2, 4, …
    ///
    /// - Parameters:
    ///   - blocks: At least one; all have the same tensors, or nil at the same places.
    ///   - compute: Kernels and threads.
    /// - Complexity: O(blocks · elements).
    public static func sum(_ blocks: [[Tensor?]], on compute: Compute) -> [Tensor?] {
        var blocks = blocks
        var distance = 1
        while distance < blocks.count {
            for index in stride(from: 0, to: blocks.count - distance, by: 2 * distance) {
                let other = blocks[index + distance]
                for position in blocks[index].indices {
                    guard let a = blocks[index][position], let b = other[position] else { continue }
                    blocks[index][position] = Execution.sum(a, b, on: compute)
                }
            }
            distance *= 2
        }
        return blocks[0]
    }
}
