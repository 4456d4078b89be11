import PithGraph

extension Reference {
    static func matMul<N: Number>(
        _ a: ReferenceTensor<N>, _ b: ReferenceTensor<N>, _ shape: Shape
    ) -> ReferenceTensor<N> {
        let left = a.shape.rank == 1 ? Shape([1] + a.shape.dimensions) : a.shape
        let right = b.shape.rank == 1 ? Shape(b.shape.dimensions + [1]) : b.shape
        let m = left[left.rank - 2]
        let k = left[left.rank - 1]
        let n = right[right.rank - 1]
        let rank = max(left.rank, right.rank)
        let stackDimensions = (0..<(rank - 2)).map { axis -> Int in
            let leftAxis = axis - (rank - left.rank)
            let rightAxis = axis - (rank - right.rank)
            let leftExtent = leftAxis < 0 ? 1 : left[leftAxis]
            return leftExtent != 1 ? leftExtent : (rightAxis < 0 ? 1 : right[rightAxis])
        }
        let stacks = Shape(stackDimensions)
        let leftStacks = BroadcastIndices(Shape(Array(left.dimensions.dropLast(2))), to: stacks)
        let rightStacks = BroadcastIndices(Shape(Array(right.dimensions.dropLast(2))), to: stacks)
        var result = ReferenceTensor<N>(zeros: shape)
        for stack in 0..<stacks.elementCount {
            let aStart = leftStacks[stack] * m * k
            let bStart = rightStacks[stack] * k * n
            for i in 0..<m {
                for j in 0..<n {
                    var sum = N.zero
                    for index in 0..<k {
                        sum = N.multiplyAdd(
                            a.elements[aStart + i * k + index], b.elements[bStart + index * n + j], sum)
                    }
                    result.elements[(stack * m + i) * n + j] = sum.canonical
                }
            }
        }
        return result
    }

    static func gemm<N: Number>(
        _ attributes: Attributes, _ a: ReferenceTensor<N>, _ b: ReferenceTensor<N>, _ c: ReferenceTensor<N>?,
        _ shape: Shape
    ) throws(PithError) -> ReferenceTensor<N> {
        let alpha = try attributes.float(.alpha)
        let beta = try attributes.float(.beta)
        let transA = try attributes.flag(.transA)
        let transB = try attributes.flag(.transB)
        let depth = transA ? a.shape[0] : a.shape[1]
        let addend = c.map { BroadcastIndices($0.shape, to: shape) }
        var result = ReferenceTensor<N>(zeros: shape)
        for i in 0..<shape[0] {
            for j in 0..<shape[1] {
                var sum = N.zero
                for k in 0..<depth {
                    let left = a.elements[transA ? k * a.shape[1] + i : i * a.shape[1] + k]
                    let right = b.elements[transB ? j * b.shape[1] + k : k * b.shape[1] + j]
                    sum = N.multiplyAdd(left, right, sum)
                }
                let index = i * shape[1] + j
                if alpha != 1 { sum = N.product(N(converting: alpha), sum) }
                if let c, let addend {
                    let term = c.elements[addend[index]]
                    sum = N.sum(sum, beta == 1 ? term : N.product(N(converting: beta), term))
                }
                result.elements[index] = sum.canonical
            }
        }
        return result
    }
}
