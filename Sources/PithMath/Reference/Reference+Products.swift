import PithGraph

extension Reference {
    static func matMul<S: Scalar>(
        _ a: ReferenceTensor<S>, _ b: ReferenceTensor<S>, _ shape: Shape
    ) -> ReferenceTensor<S> {
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
        var result = ReferenceTensor<S>(zeros: shape)
        for stack in 0..<stacks.elementCount {
            let aStart = leftStacks[stack] * m * k
            let bStart = rightStacks[stack] * k * n
            for i in 0..<m {
                for j in 0..<n {
                    var sum: S = 0
                    for index in 0..<k {
                        sum = S.multiplyAdd(
                            a.elements[aStart + i * k + index], b.elements[bStart + index * n + j], sum)
                    }
                    result.elements[(stack * m + i) * n + j] = sum.canonical
                }
            }
        }
        return result
    }

    static func gemm<S: Scalar>(
        _ attributes: Attributes, _ a: ReferenceTensor<S>, _ b: ReferenceTensor<S>, _ c: ReferenceTensor<S>?,
        _ shape: Shape
    ) throws(PithError) -> ReferenceTensor<S> {
        let alpha = try attributes.float(.alpha)
        let beta = try attributes.float(.beta)
        let transA = try attributes.flag(.transA)
        let transB = try attributes.flag(.transB)
        let depth = transA ? a.shape[0] : a.shape[1]
        let addend = c.map { BroadcastIndices($0.shape, to: shape) }
        var result = ReferenceTensor<S>(zeros: shape)
        for i in 0..<shape[0] {
            for j in 0..<shape[1] {
                var sum: S = 0
                for k in 0..<depth {
                    let left = a.elements[transA ? k * a.shape[1] + i : i * a.shape[1] + k]
                    let right = b.elements[transB ? j * b.shape[1] + k : k * b.shape[1] + j]
                    sum = S.multiplyAdd(left, right, sum)
                }
                let index = i * shape[1] + j
                if alpha != 1 { sum = S(alpha) * sum }
                if let c, let addend {
                    let term = c.elements[addend[index]]
                    sum += beta == 1 ? term : S(beta) * term
                }
                result.elements[index] = sum.canonical
            }
        }
        return result
    }

    static func conv<S: Scalar>(
        _ attributes: Attributes, _ x: ReferenceTensor<S>, _ w: ReferenceTensor<S>, _ bias: ReferenceTensor<S>?,
        _ shape: Shape
    ) throws(PithError) -> ReferenceTensor<S> {
        let window = try Window(attributes, kernel: [w.shape[2], w.shape[3]])
        let filtersPerGroup = try w.shape[0] / attributes.int(.group)
        let depth = w.shape[1]
        var result = ReferenceTensor<S>(zeros: shape)
        var index = 0
        for image in 0..<shape[0] {
            for filter in 0..<shape[1] {
                let firstChannel = image * x.shape[1] + filter / filtersPerGroup * depth
                for row in 0..<shape[2] {
                    for column in 0..<shape[3] {
                        var sum: S = 0
                        for c in 0..<depth {
                            let plane = (firstChannel + c) * x.shape[2] * x.shape[3]
                            for ky in 0..<window.kernel[0] {
                                let y = row * window.strides[0] + ky * window.dilations[0] - window.pads[0]
                                for kx in 0..<window.kernel[1] {
                                    let left = column * window.strides[1] + kx * window.dilations[1] - window.pads[1]
                                    let isInside = y >= 0 && y < x.shape[2] && left >= 0 && left < x.shape[3]
                                    let value = isInside ? x.elements[plane + y * x.shape[3] + left] : 0
                                    let weight = w.elements[
                                        ((filter * depth + c) * window.kernel[0] + ky) * window.kernel[1] + kx]
                                    sum = S.multiplyAdd(weight, value, sum)
                                }
                            }
                        }
                        if let bias { sum += bias.elements[filter] }
                        result.elements[index] = sum.canonical
                        index += 1
                    }
                }
            }
        }
        return result
    }
}
